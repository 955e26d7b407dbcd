/* ledger_derive LEDGER: the audit with every signature taken for good, so that what it costs to follow the chain and to
 * derive the tables again can be measured without them: neither they nor the digest that they are over is computed.
 * Linked with --wrap=r_trust_verify,--wrap=r_hash_sha512. Prints the verdict's number and the size. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "custody/audit.h"
#include "formats/read/hash.h"
#include "formats/read/trust.h"

int __wrap_r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                          struct hz_error *err);

int __wrap_r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                          struct hz_error *err)
{
    (void)sig;
    (void)name_space;
    (void)digest;
    (void)err;
    return HZ_OK;
}

/* Nothing else has a SHA-512 here. */
void __wrap_r_hash_sha512(unsigned char out[R_SHA512_SIZE], const void *bytes, size_t len);

void __wrap_r_hash_sha512(unsigned char out[R_SHA512_SIZE], const void *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    memset(out, 0, R_SHA512_SIZE);
}

int main(int argc, char **argv)
{
    HZ_CLEANUP(audit_free) struct audit a = { 0 };
    struct hz_error err = { 0 };
    struct audit_order order = { .ledger = argv[1] };

    if (argc != 2) {
        fputs("usage: ledger_derive LEDGER\n", stderr);
        return 2;
    }
    if (r_hash_start(&err) != HZ_OK || audit_run(&a, &order, &err) != HZ_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 3;
    }
    printf("%d %" PRIu64 "\n", (int)audit_verdict(&a), a.size);
    return audit_verdict(&a) == AUDIT_CONSISTENT ? 0 : 1;
}
