#include "formats/write/ers.h"

#include <openssl/asn1.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/ers_part.h"

#define SEQUENCE 0x30
#define STATED 0xa0

/* AlgorithmIdentifier without parameters: a sequence, or (0xa0) the first member of an ArchiveTimeStamp. */
static void put_algorithm(struct buf *out, unsigned char tag, bool wide)
{
    const unsigned char oid[] = { 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, wide ? 0x03 : 0x01 };

    w_ers_part_put(out, tag, oid, sizeof oid);
}

int w_ers_part_digest(bool wide, const void *bytes, size_t len, unsigned char *out, struct hz_error *err)
{
    return wide ? w_digest_512_of(bytes, len, out, err) : w_digest_of(bytes, len, out, err);
}

struct span {
    const unsigned char *at;
    size_t len;
};

void w_ers_part_put(struct buf *out, unsigned char tag, const void *content, size_t len)
{
    buf_putc(out, (char)tag);
    if (len >= 0x80) {
        size_t bytes = len > 0xffff ? 3 : len > 0xff ? 2 : 1;
        buf_putc(out, (char)(0x80 | bytes));
        while (bytes-- > 0)
            buf_putc(out, (char)(unsigned char)(len >> 8 * bytes));
    } else {
        buf_putc(out, (char)len);
    }
    if (len > 0)
        buf_put(out, content, len);
}

static bool step(struct span *from, int tag, struct span *content, struct span *whole)
{
    const unsigned char *at = from->at;
    long len = 0;
    int found = 0, class = 0, form;

    if (from->len == 0)
        return false;
    form = ASN1_get_object(&at, &len, &found, &class, (long)from->len);
    if ((form & 0x80) != 0 || (form & 1) != 0 || class != V_ASN1_UNIVERSAL || found != tag)
        return false; /* 1: of no stated length */
    *content = (struct span) { at, (size_t)len };
    *whole = (struct span) { from->at, (size_t)(at - from->at) + (size_t)len };
    from->len -= whole->len;
    from->at += whole->len;
    return true;
}

static int wrong(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, "%s", _("it is no evidence record that this program can go on with"));
}

int w_ers_token(const void *response, size_t len, const unsigned char **token, size_t *token_len, struct hz_error *err)
{
    struct span all = { response, len }, body, status, content, whole;

    if (!step(&all, V_ASN1_SEQUENCE, &body, &whole) || !step(&body, V_ASN1_SEQUENCE, &status, &whole) ||
        !step(&body, V_ASN1_SEQUENCE, &content, &whole))
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("the answer holds no time stamp in DER"));
    *token = whole.at;
    *token_len = whole.len;
    return HZ_OK;
}

static void put_stamp(struct buf *chain, bool wide, const struct buf *reduced, const unsigned char *token,
                      size_t token_len)
{
    struct buf body = BUF_INIT(W_ERS_MAX);

    put_algorithm(&body, STATED, wide);
    if (reduced->len > 0)
        buf_put(&body, reduced->data, reduced->len);
    buf_put(&body, token, token_len);
    w_ers_part_put(chain, SEQUENCE, body.data, body.len);
    chain->failed = chain->failed ? chain->failed : body.failed;
    buf_free(&body);
}

/* algorithms: the list as it stands in a record. */
static int put_record(struct buf *out, struct span algorithms, const struct buf *chains, struct hz_error *err)
{
    static const unsigned char version[] = { 0x02, 0x01, 0x01 };
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(W_ERS_MAX);

    buf_put(&body, version, sizeof version);
    buf_put(&body, algorithms.at, algorithms.len);
    w_ers_part_put(&body, SEQUENCE, chains->data, chains->len);
    w_ers_part_put(out, SEQUENCE, body.data, body.len);
    if (buf_check(chains, err) != HZ_OK)
        return chains->failed;
    return buf_check(&body, err) != HZ_OK ? body.failed : buf_check(out, err);
}

/* The list with one more, where it is not among them. */
static void put_listed(struct buf *out, struct span before, bool wide)
{
    struct buf one = BUF_INIT(64), all = BUF_INIT(1024);

    put_algorithm(&one, SEQUENCE, wide);
    if (before.len > 0)
        buf_put(&all, before.at, before.len);
    if (one.len > 0 && (before.len == 0 || memmem(before.at, before.len, one.data, one.len) == NULL))
        buf_put(&all, one.data, one.len);
    w_ers_part_put(out, SEQUENCE, all.data, all.len);
    out->failed = out->failed ? out->failed : one.failed ? one.failed : all.failed;
    buf_free(&one);
    buf_free(&all);
}

int w_ers_begin(bool wide, const struct buf *reduced, const unsigned char *token, size_t token_len, struct buf *out,
                struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf algorithms = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf chain = BUF_INIT(W_ERS_MAX);
    HZ_CLEANUP(buf_free) struct buf chains = BUF_INIT(W_ERS_MAX);

    put_listed(&algorithms, (struct span) { NULL, 0 }, wide);
    if (buf_check(&algorithms, err) != HZ_OK)
        return algorithms.failed;
    put_stamp(&chain, wide, reduced, token, token_len);
    w_ers_part_put(&chains, SEQUENCE, chain.data, chain.len);
    chains.failed = chains.failed ? chains.failed : chain.failed;
    return put_record(out, (struct span) { algorithms.data, algorithms.len }, &chains, err);
}

struct taken { /* a record, apart */
    struct span algorithms, listed /* its content */, chains /* all */, older /* before the last */,
        chain /* the last one's content */, before /* the last stamp, in it */, token /* the last one */;
};

static bool take(const struct buf *record, struct taken *out)
{
    struct span all = { record->data, record->len }, body, chains, content, whole, stamp = { NULL, 0 };

    if (!step(&all, V_ASN1_SEQUENCE, &body, &whole) || !step(&body, V_ASN1_INTEGER, &content, &whole) ||
        !step(&body, V_ASN1_SEQUENCE, &out->listed, &out->algorithms) ||
        !step(&body, V_ASN1_SEQUENCE, &chains, &out->chains))
        return false;
    out->older = (struct span) { chains.at, 0 };
    while (chains.len > 0) {
        out->older.len = (size_t)(chains.at - out->older.at);
        if (!step(&chains, V_ASN1_SEQUENCE, &out->chain, &whole))
            return false;
    }
    out->before = (struct span) { out->chain.at, 0 };
    for (struct span left = out->chain; left.len > 0;) {
        out->before.len = (size_t)(left.at - out->before.at);
        if (!step(&left, V_ASN1_SEQUENCE, &stamp, &whole))
            return false;
    }
    /* the last member of the last one; those before it have other tags */
    while (stamp.len > 0 && stamp.at[0] != SEQUENCE) {
        const unsigned char *at = stamp.at;
        long len;
        int tag, class;
        if ((ASN1_get_object(&at, &len, &tag, &class, (long)stamp.len) & 0x81) != 0)
            return false;
        stamp.len -= (size_t)(at - stamp.at) + (size_t)len;
        stamp.at = at + len;
    }
    return step(&stamp, V_ASN1_SEQUENCE, &content, &out->token);
}

int w_ers_last(const struct buf *record, bool wide, unsigned char *out, struct hz_error *err)
{
    struct taken t = { .chain = { NULL, 0 } };

    return take(record, &t) ? w_ers_part_digest(wide, t.token.at, t.token.len, out, err) : wrong(err);
}

/* The last chain has one time stamp, and came with a digest of its own. */
static int before_chain(const struct taken *t, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf algorithms = BUF_INIT(1024);
    HZ_CLEANUP(buf_free) struct buf chains = BUF_INIT(W_ERS_MAX);
    struct span left = t->listed, first = t->listed, content, whole = { NULL, 0 };

    if (t->older.len == 0)
        return HZ_E_NOTFOUND;
    while (left.len > 0)
        if (!step(&left, V_ASN1_SEQUENCE, &content, &whole))
            return wrong(err);
    if (whole.len < first.len)
        first.len -= whole.len;
    w_ers_part_put(&algorithms, SEQUENCE, first.at, first.len);
    buf_put(&chains, t->older.at, t->older.len);
    if (buf_check(&algorithms, err) != HZ_OK)
        return algorithms.failed;
    return put_record(out, (struct span) { algorithms.data, algorithms.len }, &chains, err);
}

int w_ers_before(const struct buf *record, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf chains = BUF_INIT(W_ERS_MAX);
    struct taken t = { .chain = { NULL, 0 } };

    if (!take(record, &t))
        return wrong(err);
    if (t.before.len == 0)
        return before_chain(&t, out, err);
    buf_put(&chains, t.older.at, t.older.len);
    w_ers_part_put(&chains, SEQUENCE, t.before.at, t.before.len);
    return put_record(out, t.algorithms, &chains, err);
}

int w_ers_renew(const struct buf *record, bool wide, const struct buf *reduced, const unsigned char *token,
                size_t token_len, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf chain = BUF_INIT(W_ERS_MAX);
    HZ_CLEANUP(buf_free) struct buf chains = BUF_INIT(W_ERS_MAX);
    struct taken t = { .chain = { NULL, 0 } };

    if (!take(record, &t))
        return wrong(err);
    buf_put(&chain, t.chain.at, t.chain.len);
    put_stamp(&chain, wide, reduced, token, token_len);
    buf_put(&chains, t.older.at, t.older.len);
    w_ers_part_put(&chains, SEQUENCE, chain.data, chain.len);
    chains.failed = chains.failed ? chains.failed : chain.failed;
    return put_record(out, t.algorithms, &chains, err);
}

int w_ers_object(const struct buf *record, const unsigned char object[W_DIGEST_512_SIZE],
                 unsigned char out[W_DIGEST_512_SIZE], struct hz_error *err)
{
    unsigned char both[2 * W_DIGEST_512_SIZE];
    struct taken t = { .chain = { NULL, 0 } };
    int rc = take(record, &t) ? w_digest_512_of(t.chains.at, t.chains.len, both + W_DIGEST_512_SIZE, err) : wrong(err);

    memcpy(both, object, W_DIGEST_512_SIZE);
    return rc == HZ_OK ? w_digest_512_of(both, sizeof both, out, err) : rc;
}

int w_ers_rechain(const struct buf *record, const struct buf *reduced, const unsigned char *token, size_t token_len,
                  struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf algorithms = BUF_INIT(1024);
    HZ_CLEANUP(buf_free) struct buf chain = BUF_INIT(W_ERS_MAX);
    HZ_CLEANUP(buf_free) struct buf chains = BUF_INIT(W_ERS_MAX);
    struct taken t = { .chain = { NULL, 0 } };

    if (!take(record, &t))
        return wrong(err);
    put_listed(&algorithms, t.listed, true);
    if (buf_check(&algorithms, err) != HZ_OK)
        return algorithms.failed;
    put_stamp(&chain, true, reduced, token, token_len);
    buf_put(&chains, t.older.at, (size_t)(t.chain.at + t.chain.len - t.older.at));
    w_ers_part_put(&chains, SEQUENCE, chain.data, chain.len);
    chains.failed = chains.failed ? chains.failed : chain.failed;
    return put_record(out, (struct span) { algorithms.data, algorithms.len }, &chains, err);
}
