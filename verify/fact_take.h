/* Facts as the parent of the jailed reader takes them. */
#ifndef HZ_VERIFY_FACT_TAKE_H
#define HZ_VERIFY_FACT_TAKE_H

#include "verify/reader.h"

/* Each gives what the listener says. *sound false: the message makes no sense, and nobody was told. */
int fact_take_row(struct wire_in *in, const struct reader_listener *listener, bool *sound, struct hz_error *err);
int fact_take_listing(struct wire_in *in, const struct reader_listener *listener, bool *sound, struct hz_error *err);

#endif
