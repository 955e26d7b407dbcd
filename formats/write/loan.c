#include "formats/write/loan.h"

void w_loan_init(struct w_loan *loan, void (*done)(struct w_loan *loan))
{
    atomic_init(&loan->refs, 1);
    loan->done = done;
}

void w_loan_hold(struct w_loan *loan)
{
    atomic_fetch_add_explicit(&loan->refs, 1, memory_order_relaxed);
}

void w_loan_release(struct w_loan *loan)
{
    /* what the others did with the bytes happens before done() */
    if (atomic_fetch_sub_explicit(&loan->refs, 1, memory_order_acq_rel) == 1)
        loan->done(loan);
}
