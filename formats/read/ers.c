#include <string.h>

#include "base/lang.h"
#include "formats/read/ers_part.h"

struct bench {
    const struct r_ers_order *order;
    struct r_ers *out;
    struct r_ers_part_record record;
    unsigned char wanted[R_ERS_OBJECTS][R_SHA512_SIZE]; /* digests that the first list of the stamp at work must have */
    size_t wanted_count;
    bool found[R_ERS_OBJECTS];
};

/* Of the sequence as it was before this chain: its bytes with a head of their own. */
static int older_chains(const struct bench *b, unsigned chain, bool wide, unsigned char *out, struct hz_error *err)
{
    size_t len = (size_t)(b->record.ends[chain - 1] - b->record.chains.at), bytes = len > 0xffff ? 3
                                                                                    : len > 0xff ? 2
                                                                                                 : 1;
    unsigned char head[5] = { 0x30, (unsigned char)len };
    size_t used = 2;
    struct r_hash h;
    int code = r_hash_open(&h, wide ? R_SHA512 : R_SHA256, err);

    if (code != HZ_OK)
        return code;
    if (len >= 0x80) {
        head[1] = (unsigned char)(0x80 | bytes);
        while (bytes-- > 0)
            head[used++] = (unsigned char)(len >> 8 * bytes);
    }
    r_hash_put(&h, head, used);
    r_hash_put(&h, b->record.chains.at, len);
    r_hash_finish(&h, out);
    r_hash_close(&h);
    return HZ_OK;
}

/* A chain begins: each file's digest, behind the first chain together with that of the older ones. */
static int want_objects(struct bench *b, unsigned chain, bool wide, struct hz_error *err)
{
    size_t size = wide ? R_SHA512_SIZE : R_SHA256_SIZE;
    unsigned char both[2 * R_SHA512_SIZE];
    int code = chain > 0 ? older_chains(b, chain, wide, both + size, err) : HZ_OK;

    b->wanted_count = b->order->object_count;
    for (size_t i = 0; code == HZ_OK && i < b->wanted_count; i++) {
        const struct r_ers_object *o = &b->order->objects[i];
        memcpy(both, wide ? o->sha512 : o->sha256, size);
        if (chain == 0)
            memcpy(b->wanted[i], both, size);
        else
            r_ers_part_digest(wide, both, 2 * size, b->wanted[i]);
    }
    return code;
}

static enum r_ers_why take_root(struct bench *b, size_t i, bool begins)
{
    const struct r_ers_part_stamp *s = &b->record.stamps[i];
    const struct r_timestamp *token = &b->out->stamps[i].token;
    size_t size = token->wide ? R_SHA512_SIZE : R_SHA256_SIZE;
    unsigned char root[R_SHA512_SIZE];

    memset(b->found, 0, sizeof b->found);
    if (s->reduced) {
        if (!r_ers_part_root(s->tree, token->wide, b->wanted, b->found, b->wanted_count, root))
            return R_ERS_FORM;
    } else {
        memcpy(root, b->wanted[0], size);
        for (size_t k = 0; k < b->wanted_count; k++)
            b->found[k] = memcmp(b->wanted[k], root, size) == 0;
    }
    if (!b->found[0])
        return begins ? R_ERS_OTHER : R_ERS_RENEWAL;
    return memcmp(root, token->imprint, size) == 0 ? R_ERS_GOOD : s->reduced || !begins ? R_ERS_TREE : R_ERS_OTHER;
}

/* One digest in a chain, stated or not, and among those listed. */
static bool same_digest(const struct bench *b, size_t i, bool begins)
{
    const struct r_ers_part_stamp *s = &b->record.stamps[i];
    bool wide = b->out->stamps[i].wide;

    return (!s->states || s->wide == wide) && (begins || b->out->stamps[i - 1].wide == wide) &&
           (wide ? b->record.wide_listed : b->record.narrow_listed);
}

/* What the time stamp says by itself, and at its place. */
static enum r_ers_why check_stamp(const struct bench *b, size_t i, bool begins)
{
    const struct r_ers_stamp *said = &b->out->stamps[i];

    if (said->token.status == R_TIMESTAMP_INVALID)
        return R_ERS_TOKEN;
    if (!same_digest(b, i, begins))
        return R_ERS_ALGORITHM;
    if (begins && said->wide && !b->order->wide)
        return R_ERS_WIDE;
    return i > 0 && stamp_compare(said->token.time, said[-1].token.time) < 0 ? R_ERS_ORDER : R_ERS_GOOD;
}

static int take_stamp(struct bench *b, size_t i, struct hz_error *err)
{
    const struct r_ers_part_stamp *s = &b->record.stamps[i];
    struct r_ers_stamp *said = &b->out->stamps[i];
    bool begins = i == 0 || s[-1].chain != s->chain;
    int code = HZ_OK;

    said->chain = s->chain;
    said->wide = said->token.wide;
    b->out->why = check_stamp(b, i, begins);
    if (b->out->why != R_ERS_GOOD)
        return HZ_OK;
    if (begins) {
        code = want_objects(b, s->chain, said->wide, err);
    } else {
        r_ers_part_digest(said->wide, s[-1].token.at, s[-1].token.len, b->wanted[0]);
        b->wanted_count = 1;
    }
    if (code == HZ_OK)
        b->out->why = take_root(b, i, begins);
    for (size_t k = 0; code == HZ_OK && begins && k < b->wanted_count; k++)
        b->out->covers[k] = b->found[k] && (i == 0 || b->out->covers[k]);
    return code;
}

/* How far back the time stamps reach without a gap. */
static void settle(struct r_ers *out)
{
    size_t i = out->count;

    while (i > 0 && out->stamps[i - 1].lasted && out->stamps[i - 1].token.status == R_TIMESTAMP_PROVEN)
        i--;
    out->since = i;
    if (i == 0)
        return;
    out->at = i - 1;
    out->why = out->stamps[i - 1].token.status == R_TIMESTAMP_PROVEN ? R_ERS_GAP : R_ERS_UNTRUSTED;
    if (i == out->count)
        out->status = out->stamps[i - 1].lasted ? R_ERS_UNPROVEN : R_ERS_LAPSED;
}

static int take_tokens(struct bench *b, struct hz_error *err)
{
    struct r_ers *out = b->out;
    int code = HZ_OK;

    for (size_t i = 0; code == HZ_OK && i < b->record.count; i++) {
        const struct r_ers_span *token = &b->record.stamps[i].token;
        code = r_timestamp_token(token->at, token->len, b->order->roots, &out->stamps[i].token, err);
        if (code != HZ_OK)
            return code;
        out->count = i + 1;
        out->at = i;
        code = take_stamp(b, i, err);
        if (code != HZ_OK || out->why != R_ERS_GOOD)
            return code;
    }
    for (size_t i = 0; code == HZ_OK && i < out->count; i++) {
        const struct r_ers_span *token = &b->record.stamps[i].token;
        struct stamp until = i + 1 < out->count ? out->stamps[i + 1].token.time : b->order->now;
        code = r_timestamp_lasts(token->at, token->len, b->order->roots, &out->stamps[i].token, until,
                                 &out->stamps[i].lasted, err);
    }
    return code;
}

int r_ers_judge(const void *bytes, size_t len, const struct r_ers_order *order, struct r_ers *out, struct hz_error *err)
{
    struct bench b = { .order = order, .out = out };
    int code;

    memset(out, 0, sizeof *out);
    out->status = R_ERS_INVALID;
    out->why = order->object_count > 0 && order->object_count <= R_ERS_OBJECTS ? r_ers_part_parse(bytes, len, &b.record)
                                                                               : R_ERS_LARGE;
    if (out->why != R_ERS_GOOD)
        return HZ_OK;
    code = take_tokens(&b, err);
    if (code != HZ_OK)
        return code;
    if (out->why == R_ERS_GOOD) {
        out->status = R_ERS_PROVEN;
        out->at = 0;
        settle(out);
    } else {
        memset(out->covers, 0, sizeof out->covers);
    }
    return HZ_OK;
}

const char *r_ers_word(enum r_ers_status status)
{
    static const char *const words[] = { "proven", "unproven", "lapsed", "invalid" };

    return words[status];
}

const char *r_ers_sentence(enum r_ers_why why)
{
    static const char *const sentences[R_ERS_WHY_COUNT] = {
        [R_ERS_GOOD] = N_("it holds"),
        [R_ERS_FORM] = N_("it is not an RFC 4998 evidence record of the form that this program reads"),
        [R_ERS_LARGE] = N_("it is larger than is allowed"),
        [R_ERS_OTHER] = N_("it is about other bytes"),
        [R_ERS_RENEWAL] = N_("the time stamp does not cover the one before it"),
        [R_ERS_TREE] = N_("the hash tree does not lead to what was stamped"),
        [R_ERS_ALGORITHM] = N_("the digest is not the one of its chain, or not among those that the record lists"),
        [R_ERS_TOKEN] = N_("the time stamp is invalid"),
        [R_ERS_ORDER] = N_("the time stamp is earlier than the one before it"),
        [R_ERS_GAP] = N_("the authority's certificate had run out before the next time stamp was made"),
        [R_ERS_UNTRUSTED] = N_("the authority's certificate does not lead to one of the certificates given"),
        [R_ERS_WIDE] = N_("the SHA-512 of the file is needed, and could not be had"),
        [R_ERS_CRASH] = N_("its sandboxed reader did not survive it"),
    };

    return sentences[why];
}
