/* The file that custody policy takes: any JSON (RFC 8259) that says the rules, written by hand. */
#ifndef HZ_CUSTODY_POLICY_FILE_H
#define HZ_CUSTODY_POLICY_FILE_H

#include "base/buf.h"
#include "base/error.h"

/* Appends what the text says as canonical JSON, NUL behind it: members and lists of texts in their order, no blanks.
 * HZ_OK; HZ_E_FORMAT with line, column and what was expected there, or with the key of the policy that is not as
 * formats/spec/ledger.md section 3 has it; HZ_E_LIMIT, HZ_E_NOMEM. */
int policy_file_read(const void *text, size_t len, struct buf *out, struct hz_error *err);

#endif
