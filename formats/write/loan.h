/* Bytes that somebody lends to the bundle instead of having them copied: they stay as they are until the last holder
 * has released the loan, which runs `done` once, on whatever thread that happens. */
#ifndef HZ_FORMATS_WRITE_LOAN_H
#define HZ_FORMATS_WRITE_LOAN_H

#include <stdatomic.h>

struct w_loan {
    atomic_uint refs;
    void (*done)(struct w_loan *loan); /* short, takes no lock that is held while the bundle is called */
};

/* The caller holds the one reference there is. */
void w_loan_init(struct w_loan *loan, void (*done)(struct w_loan *loan));
void w_loan_hold(struct w_loan *loan);
void w_loan_release(struct w_loan *loan);

#endif
