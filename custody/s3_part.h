/* Shared by the files of s3, and by nobody else. */
#ifndef HZ_CUSTODY_S3_PART_H
#define HZ_CUSTODY_S3_PART_H

#include "custody/s3.h"

struct s3_request {
    const char *method;
    const char *key;          /* NULL: of the bucket */
    const char *query;        /* "" or "a=b&c=", in order, encoded */
    const char *const *lines; /* more headers, "name: value"; NULL ends them; NULL: none */
    const void *bytes;        /* body in memory, or NULL */
    int fd;                   /* or a piece of a file; -1: none */
    uint64_t at, len;
    const char *sha256;         /* of the body; NULL: of `bytes`, made here */
    const struct s3_sink *sink; /* gets the body of an answer of status 200; NULL: it goes to answer->body */
};

struct s3_answer {
    struct buf body; /* at most S3_ANSWER bytes */
    long status;
    uint64_t length; /* as promised; UINT64_MAX: it was not said */
    char version[S3_NAME], etag[S3_NAME];
    bool marker;
};
#define S3_ANSWER_INIT                                                                                                 \
    {                                                                                                                  \
        .body = BUF_INIT(S3_ANSWER), .length = UINT64_MAX                                                              \
    }

/* HZ_OK: a status from 200 to 299 came, with a sink 200 alone (HZ_E_FORMAT), and everything that was promised. The body
 * is the caller's to free. */
int s3_ask(struct s3 *s, const struct s3_request *r, struct s3_answer *answer, struct hz_error *err);
/* "s3://bucket/prefix/key: text" before what the error says. */
int s3_context(const struct s3 *s, const char *key, struct hz_error *err);
/* Appends text as it may stand in a path or query. */
void s3_encode(struct buf *out, const char *text, bool slashes);

/* The text of the first element of that name from *at on, entities resolved; *at is set behind it. HZ_E_NOTFOUND: there
 * is none; HZ_E_FORMAT: it does not end, or has other elements inside. */
int s3_xml(const struct buf *body, size_t *at, const char *name, struct buf *out, struct hz_error *err);
/* true: the keys in this answer are encoded as was asked for (`encoding-type=url`). */
bool s3_xml_encoded(const struct buf *body);
/* The next Key, its bytes. A zero byte stays encoded. */
int s3_xml_key(const struct buf *body, bool encoded, size_t *at, struct buf *out, struct hz_error *err);
/* The same into a field; HZ_E_FORMAT also when it does not fit, or is no line of printable ASCII. */
int s3_xml_field(const struct buf *body, size_t *at, const char *name, char *out, size_t size, struct hz_error *err);

#endif
