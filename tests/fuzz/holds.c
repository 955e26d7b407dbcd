/* Linked in place of r_trust_verify: every signature of a known algorithm verifies. What is fuzzed then is everything
 * that only those reach who have a key, or have found a way around it. */
#include "formats/read/trust.h"

int __wrap_r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                          struct hz_error *err);

int __wrap_r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                          struct hz_error *err)
{
    (void)name_space;
    (void)digest;
    if (sig->key.algorithm == R_PUBKEY_UNKNOWN)
        return hz_error_set(err, HZ_E_UNSUPPORTED, "the algorithm of the signature is not known");
    return HZ_OK;
}
