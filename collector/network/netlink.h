/* Asking the kernel over netlink (netlink(7), RFC 3549): one request, every answer, each length checked before use.
 * What comes back is bytes from the kernel; a reader of attributes never looks beyond the message it was given. */
#ifndef HZ_COLLECTOR_NETWORK_NETLINK_H
#define HZ_COLLECTOR_NETWORK_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define NETLINK_TRIES 3    /* of a dump that the kernel says changed meanwhile */
#define NETLINK_NEST_MAX 8 /* levels of attributes that a caller should follow */

struct netlink {
    int fd;
    uint32_t sequence;
    unsigned char *room; /* owned; for what is received */
};

/* Is there a kernel socket of this protocol in the calling thread's network namespace? Read from procfs (proc: a
 * descriptor of /proc), since socket(2) would load a module for one that is not there. */
bool netlink_offered(int proc, int protocol);

/* In the network namespace of the calling thread. No answer is waited for longer than timeout_ms (0: 5 seconds).
 * HZ_E_UNSUPPORTED: the kernel does not have this protocol. All functions set err->sys_errno. */
int netlink_open(struct netlink *out, int protocol, unsigned timeout_ms, struct hz_error *err);
void netlink_close(struct netlink *n); /* NULL and one that is all zero are legal */

struct netlink_message {
    uint16_t type, flags;
    const unsigned char *body; /* behind the header; lent */
    size_t len;
};
/* What it returns other than HZ_OK ends the answers (the rest is thrown away) and is the result. */
typedef int netlink_each(void *context, const struct netlink_message *m, struct hz_error *err);

/* body: what stands behind the header of the request (family header and attributes). Whoever needs NLM_F_ACK says it.
 * Answers until the end of a dump, an acknowledgement, or one message where neither NLM_F_DUMP nor NLM_F_ACK was asked
 * for. *torn, if not NULL: the kernel said that what it listed changed meanwhile (NLM_F_DUMP_INTR).
 * HZ_E_UNSUPPORTED: EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT, EPROTOTYPE; HZ_E_NOTFOUND: ENOENT (sock_diag: no module
 * for it is there); HZ_E_TIMEOUT; HZ_E_FORMAT: the answer does not hold together; others by hz_error_class. */
int netlink_ask(struct netlink *n, uint16_t type, uint16_t flags, const struct buf *body, netlink_each *each,
                void *context, bool *torn, struct hz_error *err);

struct netlink_dump {
    uint16_t type, flags; /* NLM_F_DUMP is added */
    const struct buf *body;
    netlink_each *each;
    void (*again)(void *context); /* forget everything: it is listed once more */
    void *context;
};
/* A dump, asked for again while it is torn, NETLINK_TRIES times in all; *torn: still so. What the last one gave stays.
 */
int netlink_dump(struct netlink *n, const struct netlink_dump *d, bool *torn, struct hz_error *err);

/* Attributes: type without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
struct netlink_attr {
    uint16_t type;
    bool nested; /* the flag; older families do not set it */
    const unsigned char *data;
    size_t len;
};
struct netlink_attrs {
    const unsigned char *at;
    size_t left;
    bool bad; /* what is left is no attribute: too short, or longer than the bytes that are there */
};
/* The attributes in len bytes; use m->body behind the family's own header, or the data of a nested one. */
struct netlink_attrs netlink_attrs(const void *data, size_t len);
/* Those of a message behind a family header of `header` bytes (rounded up to 4); none when it is shorter. */
struct netlink_attrs netlink_attrs_behind(const struct netlink_message *m, size_t header);
bool netlink_next(struct netlink_attrs *list, struct netlink_attr *out);

/* Numbers in the machine's order, and big-endian ones (nfnetlink). false, and *out as it was, when the length is not
 * exactly that of the type. */
bool netlink_u8(const struct netlink_attr *a, uint8_t *out);
bool netlink_u16(const struct netlink_attr *a, uint16_t *out);
bool netlink_u32(const struct netlink_attr *a, uint32_t *out);
bool netlink_u64(const struct netlink_attr *a, uint64_t *out);
bool netlink_be16(const struct netlink_attr *a, uint16_t *out);
bool netlink_be32(const struct netlink_attr *a, uint32_t *out);
bool netlink_be64(const struct netlink_attr *a, uint64_t *out);
/* Length of the text in it, up to the first NUL. */
size_t netlink_text(const struct netlink_attr *a);
/* Copies a struct that newer kernels made longer: what is there of it, the rest zero. Gives the bytes copied. */
size_t netlink_copy(const void *data, size_t len, void *out, size_t size);

/* Appends an attribute with its padding to a request. */
int netlink_put(struct buf *body, uint16_t type, const void *data, size_t len);

#endif
