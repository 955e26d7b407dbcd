#include "custody/timestamp_offline.h"

#include <string.h>

#include "base/io_commit.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "formats/write/timestamp.h"

int timestamp_offline_ask(const struct timestamp_target *target, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(W_TIMESTAMP_QUERY);
    int rc = w_timestamp_query(target->digest, target->wide, &query, err);

    return rc == HZ_OK ? io_commit_bytes(path, 0644, query.data, query.len, err) : rc;
}

/* The nonce of the query that was sent, which must be about the same bytes. */
static int read_query(const char *path, const struct timestamp_target *target, unsigned char nonce[R_TIMESTAMP_NONCE],
                      struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(4096);
    unsigned char digest[R_SHA512_SIZE];
    int rc = io_read_file(path, &query, err);

    if (rc != HZ_OK)
        return rc;
    if (r_timestamp_query(query.data, query.len, target->wide, digest, nonce) != HZ_OK) {
        if (r_timestamp_query(query.data, query.len, !target->wide, digest, nonce) == HZ_OK)
            return hz_error_set(err, HZ_E_INVALID, _("%s: is a query with another digest than is asked for now"), path);
        return hz_error_set(err, HZ_E_FORMAT, _("%s: is not a query of this program"), path);
    }
    if (memcmp(digest, target->digest, target->wide ? R_SHA512_SIZE : R_SHA256_SIZE) != 0)
        return hz_error_set(err, HZ_E_INVALID, _("%s: is a query about other bytes than %s"), path, target->base);
    return HZ_OK;
}

int timestamp_offline_take(const struct timestamp_target *target, const char *response, const char *query,
                           const struct r_timestamp_roots *roots, struct buf *answer, struct r_timestamp *token,
                           struct hz_error *err)
{
    unsigned char nonce[R_TIMESTAMP_NONCE];
    int rc = io_read_file(response, answer, err);

    if (rc == HZ_OK && query != NULL)
        rc = read_query(query, target, nonce, err);
    if (rc != HZ_OK)
        return rc;
    rc = timestamp_judge(target, answer, query != NULL ? nonce : NULL, roots, token, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", response);
}
