/* One question to a server over HTTP, by libcurl: bounded in size and time. Whoever answers is not trusted. */
#ifndef HZ_CUSTODY_HTTP_H
#define HZ_CUSTODY_HTTP_H

#include "base/buf.h"
#include "base/error.h"

#define HTTP_SECONDS 30
#define HTTP_REDIRECTS 3

struct http_post {
    const char *url;  /* http: or https: */
    const char *type; /* of the body */
    const char *want; /* type that the answer must have */
    const struct buf *body;
};

/* The address without who asks and the password, as messages tell it; malloc'd, NULL: out of memory. */
char *http_shown(const char *url);

/* POSTs and takes the body of an answer of status 200; at most out->limit bytes. Redirections lead to http or https
 * alone, never from https to http; https is checked against the machine's certificates. HZ_E_USAGE: not such an
 * address; HZ_E_LIMIT, HZ_E_TIMEOUT, HZ_E_FORMAT (another status or type) or HZ_E_IO, each with the address as it is
 * shown. */
int http_post(const struct http_post *post, struct buf *out, struct hz_error *err);

#endif
