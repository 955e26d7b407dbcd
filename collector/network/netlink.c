#include "collector/network/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/io_open.h"
#include "base/lang.h"

#define ROOM ((size_t)256 << 10) /* the kernel sends at most 32 KiB of a dump at once; single answers may be longer */
#define RECEIVE_BUFFER (4 << 20) /* asked for; the kernel may give less */
#define DEFAULT_TIMEOUT_MS 5000u
#define REQUEST_MAX ((size_t)64 << 10)

int netlink_open(struct netlink *out, int protocol, unsigned timeout_ms, struct hz_error *err)
{
    unsigned ms = timeout_ms == 0 ? DEFAULT_TIMEOUT_MS : timeout_ms;
    const struct timeval wait = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
    const int size = RECEIVE_BUFFER;
    struct netlink n = { .fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), .sequence = 1 };
    if (n.fd < 0) {
        bool absent = errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT;
        return hz_error_sys(err, absent ? HZ_E_UNSUPPORTED : hz_error_class(errno), errno,
                            _("no netlink socket of protocol %d"), protocol);
    }
    if (setsockopt(n.fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        (void)setsockopt(n.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    n.room = malloc(ROOM);
    if (n.room == NULL || setsockopt(n.fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
        setsockopt(n.fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0) {
        int why = n.room == NULL ? ENOMEM : errno;
        netlink_close(&n);
        return hz_error_sys(err, hz_error_class(why), why, _("no netlink socket of protocol %d"), protocol);
    }
    *out = n;
    return HZ_OK;
}

void netlink_close(struct netlink *n)
{
    if (n == NULL)
        return;
    if (n->room != NULL || n->fd > 0)
        io_close(&n->fd);
    free(n->room);
    *n = (struct netlink) { .fd = -1 };
}

static int send_request(struct netlink *n, uint16_t type, uint16_t flags, const struct buf *body, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf request = BUF_INIT(REQUEST_MAX);
    size_t len = sizeof(struct nlmsghdr) + (body == NULL ? 0 : body->len);
    const struct nlmsghdr head = {
        .nlmsg_len = (uint32_t)len, .nlmsg_type = type, .nlmsg_flags = flags | NLM_F_REQUEST, .nlmsg_seq = n->sequence
    };
    const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    buf_put(&request, &head, sizeof head);
    if (body != NULL)
        buf_put(&request, body->data, body->len);
    if (buf_check(&request, err) != HZ_OK)
        return err->code;
    ssize_t sent = sendto(n->fd, request.data, request.len, 0, (const struct sockaddr *)&kernel, sizeof kernel);
    if (sent != (ssize_t)request.len)
        return hz_error_sys(err, sent < 0 ? hz_error_class(errno) : HZ_E_IO, sent < 0 ? errno : EIO,
                            _("a request over netlink was not sent"));
    return HZ_OK;
}

/* One datagram of the kernel; what others send us is thrown away. */
static int receive(struct netlink *n, size_t *len, struct hz_error *err)
{
    for (;;) {
        struct sockaddr_nl from = { 0 };
        struct iovec piece = { n->room, ROOM };
        struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &piece, .msg_iovlen = 1 };
        ssize_t got = recvmsg(n->fd, &m, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return hz_error_sys(err, HZ_E_TIMEOUT, ETIMEDOUT, _("no answer over netlink"));
        if (got < 0)
            return hz_error_sys(err, hz_error_class(errno), errno, _("an answer over netlink was lost"));
        if (m.msg_namelen != sizeof from || from.nl_pid != 0)
            continue;
        if ((m.msg_flags & MSG_TRUNC) != 0)
            return hz_error_sys(err, HZ_E_LIMIT, EMSGSIZE, _("an answer over netlink is too long"));
        *len = (size_t)got;
        return HZ_OK;
    }
}

static int malformed(struct hz_error *err)
{
    return hz_error_sys(err, HZ_E_FORMAT, EBADMSG, _("an answer over netlink does not hold together"));
}

static enum hz_code class_of(int sys_errno)
{
    switch (sys_errno) {
    case EOPNOTSUPP:
    case EPROTONOSUPPORT:
    case EAFNOSUPPORT:
    case EPROTOTYPE:
        return HZ_E_UNSUPPORTED;
    default:
        return hz_error_class(sys_errno);
    }
}

/* NLMSG_ERROR, and NLMSG_DONE, which may have an error too: a negative errno at the front. */
static int read_status(const struct netlink_message *m, struct hz_error *err)
{
    int32_t status = 0;
    if (m->type == NLMSG_DONE && m->len < sizeof status)
        return HZ_OK;
    if (m->len < sizeof status)
        return malformed(err);
    memcpy(&status, m->body, sizeof status);
    if (status >= 0)
        return HZ_OK;
    if (status < -4095)
        return malformed(err);
    return hz_error_sys(err, class_of(-status), -status, _("the kernel refused a request over netlink"));
}

struct answering {
    struct netlink *n;
    bool until_end; /* a dump, or an acknowledgement was asked for: one message is not all */
    bool torn, over;
    int rc; /* of the caller's function; the rest is read and thrown away */
    netlink_each *each;
    void *context;
};

static int give(struct answering *a, const struct nlmsghdr *head, const unsigned char *body, struct hz_error *err)
{
    const struct netlink_message m = {
        .type = head->nlmsg_type, .flags = head->nlmsg_flags, .body = body, .len = head->nlmsg_len - sizeof *head
    };
    if (head->nlmsg_seq != a->n->sequence)
        return HZ_OK; /* of an earlier request that was given up */
    a->torn |= (m.flags & NLM_F_DUMP_INTR) != 0;
    if (m.type == NLMSG_NOOP)
        return HZ_OK;
    if (m.type == NLMSG_OVERRUN)
        return hz_error_sys(err, HZ_E_IO, ENOBUFS, _("an answer over netlink was lost"));
    if (m.type == NLMSG_ERROR || m.type == NLMSG_DONE) {
        a->over = true;
        return read_status(&m, err);
    }
    a->over = !a->until_end;
    if (a->rc == HZ_OK)
        a->rc = a->each(a->context, &m, err);
    return HZ_OK;
}

/* Every message of a datagram. */
static int read_datagram(struct answering *a, size_t len, struct hz_error *err)
{
    const unsigned char *at = a->n->room;
    int rc = HZ_OK;
    while (rc == HZ_OK && len > 0 && !a->over) {
        struct nlmsghdr head;
        if (len < sizeof head)
            return malformed(err);
        memcpy(&head, at, sizeof head);
        if (head.nlmsg_len < sizeof head || head.nlmsg_len > len)
            return malformed(err);
        rc = give(a, &head, at + sizeof head, err);
        size_t step = NLMSG_ALIGN((size_t)head.nlmsg_len);
        step = step < len ? step : len;
        at += step;
        len -= step;
    }
    return rc;
}

int netlink_ask(struct netlink *n, uint16_t type, uint16_t flags, const struct buf *body, netlink_each *each,
                void *context, bool *torn, struct hz_error *err)
{
    struct answering a = { .n = n,
                           .until_end = (flags & NLM_F_DUMP) == NLM_F_DUMP || (flags & NLM_F_ACK) != 0,
                           .each = each,
                           .context = context };
    struct hz_error first = { .code = HZ_OK };
    n->sequence++;
    int rc = send_request(n, type, flags, body, err);
    while (rc == HZ_OK && !a.over) {
        size_t len = 0;
        bool failed = a.rc != HZ_OK;
        rc = receive(n, &len, failed ? &first : err);
        if (rc == HZ_OK)
            rc = read_datagram(&a, len, failed ? &first : err);
    }
    if (torn != NULL)
        *torn = a.torn;
    return a.rc != HZ_OK ? a.rc : rc;
}

int netlink_dump(struct netlink *n, const struct netlink_dump *d, bool *torn, struct hz_error *err)
{
    bool again = true;
    int rc = HZ_OK;
    for (unsigned i = 0; rc == HZ_OK && again && i < NETLINK_TRIES; i++) {
        if (i > 0)
            d->again(d->context);
        rc = netlink_ask(n, d->type, (uint16_t)(d->flags | NLM_F_DUMP), d->body, d->each, d->context, &again, err);
    }
    *torn = again;
    return rc;
}
