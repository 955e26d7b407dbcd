/* What a verdict looks like: JSON for programs (hozen-verify/1 and, of a disclosure, hozen-verify-disclosure/1;
 * always English), text for people in their language. */
#ifndef HZ_VERIFY_REPORT_H
#define HZ_VERIFY_REPORT_H

#include <stdio.h>

#include "verify/verdict.h"

/* One line of canonical JSON. HZ_OK or an error of the encoder; failures of the stream stick to it. */
int report_json(FILE *stream, const struct account *account, const struct verdict *verdict, struct hz_error *err);
/* At most 80 columns, except for names that are longer. bundle: how the user named it. with_signers: a list was given.
 */
void report_text(FILE *stream, const struct account *account, const struct verdict *verdict, const char *bundle,
                 bool with_signers);
/* The same for a disclosure. account: not changed but for ends of texts. */
void report_disclosure(FILE *stream, struct account *account, const struct verdict *verdict, const char *file,
                       bool with_signers);
/* The end of the text report alone: findings and notices. */
void report_findings(FILE *stream, const struct account *account);

/* Adds the notice about layers that the kernel could not give. */
void report_jail_notice(struct account *account);

#endif
