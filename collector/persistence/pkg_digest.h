/* Digests as package managers record them. MD5 (RFC 1321) is among them, because dpkg has nothing else: it tells what
 * was changed by accident or by somebody who did not care; a file that was made to have the MD5 of another is not found
 * out. Never used for our own records. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_DIGEST_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum pkg_algorithm { PKG_NONE, PKG_MD5, PKG_SHA1, PKG_SHA256, PKG_SHA384, PKG_SHA512, PKG_ALGORITHMS };
#define PKG_DIGEST_MAX 64
#define PKG_DIGEST_HEX (2 * PKG_DIGEST_MAX + 1) /* with its NUL */

struct pkg_digest {
    enum pkg_algorithm algorithm; /* PKG_NONE: none is known */
    unsigned char bytes[PKG_DIGEST_MAX];
};

size_t pkg_digest_size(enum pkg_algorithm algorithm);      /* bytes; 0: PKG_NONE */
const char *pkg_digest_name(enum pkg_algorithm algorithm); /* "md5", static */
/* From lower-case hexadecimal digits of the right number. */
bool pkg_digest_parse(struct pkg_digest *out, enum pkg_algorithm algorithm, const char *hex, size_t len);
void pkg_digest_hex(char out[PKG_DIGEST_HEX], const struct pkg_digest *d);
bool pkg_digest_same(const struct pkg_digest *a, const struct pkg_digest *b);
/* Of a file that is open for reading, from where it stands to its end; at most max bytes (HZ_E_LIMIT). err->sys_errno
 * says why it cannot be read. *size: bytes that were read. */
int pkg_digest_file(int fd, enum pkg_algorithm algorithm, uint64_t max, struct pkg_digest *out, uint64_t *size,
                    struct hz_error *err);

#endif
