/* Reasons of the record: "name: why", English in every bundle, shown in the reader's language. */
#ifndef HZ_BASE_REASON_H
#define HZ_BASE_REASON_H

#include <stddef.h>

#include "base/buf.h"

/* Appends the reason in the selected language: the longest part of it that is one of our messages and stands at its
 * beginning or behind ": ". What stands before that, names of things, and what nobody translated stays as it is. The
 * bytes may be anything, and are no safer for a terminal afterwards. The buffer's failure, or HZ_OK. */
int reason_put(struct buf *out, const char *reason, size_t len);

#endif
