#include "formats/read/hash.h"

#include <gcrypt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"

/* libgcrypt cannot go on, for want of memory, and would abort: to us that is "could not tell" */
static void give_up(void *context, int code, const char *text)
{
    (void)context;
    fprintf(stderr, "libgcrypt: %s\n", text ? text : gcry_strerror((gcry_error_t)code));
    _exit(HZ_EXIT_FAILED);
}

int r_hash_start(struct hz_error *err)
{
    gcry_set_fatalerror_handler(give_up, NULL);
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        return HZ_OK;
    if (!gcry_check_version("1.8.0"))
        return hz_error_set(err, HZ_E_CRYPTO, _("libgcrypt is older than 1.8.0"));
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    if (gcry_md_test_algo(GCRY_MD_SHA256) || gcry_md_test_algo(GCRY_MD_SHA512))
        return hz_error_set(err, HZ_E_CRYPTO, _("libgcrypt offers no SHA-256 and SHA-512"));
    return HZ_OK;
}

int r_hash_open(struct r_hash *h, enum r_hash_kind kind, struct hz_error *err)
{
    gcry_md_hd_t handle = NULL;
    int algorithm = kind == R_SHA512 ? GCRY_MD_SHA512 : GCRY_MD_SHA256;
    int code = r_hash_start(err);
    gcry_error_t failed;

    if (code)
        return code;
    failed = gcry_md_open(&handle, algorithm, 0);
    if (gcry_err_code(failed) == GPG_ERR_ENOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (failed)
        return hz_error_set(err, HZ_E_CRYPTO, _("libgcrypt could not open a digest"));
    h->handle = handle;
    return HZ_OK;
}

void r_hash_put(struct r_hash *h, const void *bytes, size_t len)
{
    gcry_md_write(h->handle, bytes, len);
}

void r_hash_finish(struct r_hash *h, unsigned char *out)
{
    gcry_md_hd_t handle = h->handle;
    int algorithm = gcry_md_get_algo(handle);

    memcpy(out, gcry_md_read(handle, algorithm), gcry_md_get_algo_dlen(algorithm));
    gcry_md_reset(handle);
}

void r_hash_close(struct r_hash *h)
{
    if (!h)
        return;
    gcry_md_close(h->handle);
    h->handle = NULL;
}

void r_hash_sha256_behind(unsigned char out[R_SHA256_SIZE], unsigned char first, const void *bytes, size_t len)
{
    const gcry_buffer_t parts[2] = { { .len = 1, .size = 1, .data = &first },
                                     { .len = len, .size = len, .data = (void *)(uintptr_t)bytes } };

    gcry_md_hash_buffers(GCRY_MD_SHA256, 0, out, parts, 2);
}

void r_hash_sha256(unsigned char out[R_SHA256_SIZE], const void *bytes, size_t len)
{
    gcry_md_hash_buffer(GCRY_MD_SHA256, out, bytes, len);
}

void r_hash_sha512(unsigned char out[R_SHA512_SIZE], const void *bytes, size_t len)
{
    gcry_md_hash_buffer(GCRY_MD_SHA512, out, bytes, len);
}
