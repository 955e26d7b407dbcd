/* A client of object stores that speak S3 and have Object Lock: what an archive needs of them, no more. Each request is
 * signed by libcurl (AWS Signature Version 4, over the digest of the body). Whoever answers is not trusted: success is
 * what was read back, never a status alone. Main thread; nothing here prints a secret. */
#ifndef HZ_CUSTODY_S3_H
#define HZ_CUSTODY_S3_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/digest.h"

#define S3_NAME 256 /* a version, an upload, an ETag, with its NUL */
#define S3_TIME 32  /* RFC 3339, with its NUL */
#define S3_KEY 1025 /* bytes of UTF-8, as a rule, with its NUL */
#define S3_ANSWER (1U << 20)

struct s3 {
    char *endpoint; /* all owned; "https://s3.example", without a slash at its end */
    char *region, *bucket;
    char *prefix;                  /* "" or "folder/": stands before each key */
    char *access, *secret, *token; /* token: NULL, none */
    char *authority_file;          /* certificates that stand for the machine's; NULL: the machine's */
};

/* url: "s3://BUCKET[/PREFIX]". AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION, AWS_CA_BUNDLE;
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, or else the section AWS_PROFILE ("default") of
 * AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials. HZ_E_USAGE: not such a url, or something is missing; the error
 * says what. */
int s3_open(struct s3 *out, const char *url, struct hz_error *err);
void s3_close(struct s3 *s); /* wipes the secrets; a zeroed one is legal */

struct s3_lock {         /* Object Lock of one version */
    bool hold;           /* legal hold */
    char mode[16];       /* "COMPLIANCE", "GOVERNANCE", "": none */
    char until[S3_TIME]; /* "": none */
};

struct s3_found { /* of one object, its newest version or the one asked for */
    uint64_t size;
    char version[S3_NAME]; /* "": the bucket keeps none */
    char etag[S3_NAME];    /* without its quotes */
    bool marker;           /* it was deleted: a marker stands before the versions */
};

/* Has the bucket Object Lock? HZ_E_NOTFOUND: there is no such bucket; HZ_E_UNSUPPORTED: it has none. */
int s3_bucket(struct s3 *s, struct hz_error *err);
/* key: behind the prefix; [A-Za-z0-9._+/-]. version NULL: the newest. HZ_E_NOTFOUND, HZ_E_DENIED, HZ_E_TIMEOUT,
 * HZ_E_FORMAT (an answer that is none) or HZ_E_IO, with the url of the object and the store's own code. */
int s3_look(struct s3 *s, const char *key, const char *version, struct s3_found *out, struct hz_error *err);
int s3_lock_of(struct s3 *s, const char *key, const char *version, struct s3_lock *out, struct hz_error *err);
/* Sets what lock asks for: a retention that is there already can only become longer. */
int s3_lock_set(struct s3 *s, const char *key, const char *version, const struct s3_lock *lock, struct hz_error *err);
/* The bytes from the first to the last, past every cache on this side. HZ_E_FORMAT: fewer came than were promised. */
struct s3_sink {
    int (*put)(void *context, const void *bytes, size_t len, struct hz_error *err);
    void *context;
};
int s3_read(struct s3 *s, const char *key, const char *version, const struct s3_sink *sink, struct hz_error *err);
/* Every version of a key that is an object, newest first; *stop: no more are wanted. HZ_OK with none, too. */
typedef int s3_version_sink(void *context, const struct s3_found *found, bool *stop, struct hz_error *err);
int s3_versions(struct s3 *s, const char *key, s3_version_sink *each, void *context, struct hz_error *err);
/* A small object from memory. */
int s3_put(struct s3 *s, const char *key, const void *bytes, size_t len, char version[S3_NAME], struct hz_error *err);
/* All of fd, read at offsets: above S3_PART_LEAST in parts, going on with what an earlier run brought there, in bounded
 * memory. The store is told the SHA-256 of each part (of the whole where it is one). */
#define S3_PART_LEAST ((uint64_t)32 << 20)
int s3_put_file(struct s3 *s, const char *key, int fd, char version[S3_NAME], struct hz_error *err);
/* Every key below the prefix that begins with `below`, the prefix taken off; newest versions only. Others may have put
 * keys there that hold any bytes. */
int s3_list(struct s3 *s, const char *below, int (*each)(void *context, const char *key, struct hz_error *err),
            void *context, struct hz_error *err);

#endif
