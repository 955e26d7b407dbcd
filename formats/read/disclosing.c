#include <stdio.h>
#include <string.h>

#include "formats/read/state.h"

int r_disclosing_line(struct r_state *s, const char *line, size_t len, const struct r_entry *e, struct hz_error *err)
{
    const char *wanted = s->sink->disclose;
    unsigned char leaf[R_SHA256_SIZE];

    if (!wanted)
        return HZ_OK;
    if (s->disclosing.found) {
        int code = r_proof_leaf(line, len, leaf, err);

        if (!code)
            r_branch_add(&s->disclosing.branch, &s->scratch, leaf);
        return code;
    }
    if (!e || strlen(wanted) != e->path.len || memcmp(wanted, e->path.at, e->path.len) != 0)
        return HZ_OK;
    s->disclosing.found = true;
    r_branch_begin(&s->disclosing.branch, &s->merkle);
    buf_put(&s->disclosing.line, line, len);
    buf_putc(&s->disclosing.line, '\n');
    return buf_check(&s->disclosing.line, err);
}

static int tell(struct r_state *s, enum r_disclosed_part part, const struct buf *bytes, struct hz_error *err)
{
    char name[R_TAR_NAME_MAX + 1];

    snprintf(name, sizeof name, "%s/%s", s->result->name, r_disclosed_names[part]);
    return s->sink->part(s->sink->context, name, s->mtime, bytes->data, bytes->len, err);
}

/* All leaves have passed */
static int tell_proof(struct r_state *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_DISCLOSED_PROOF_MAX);
    struct r_proof proof;
    int code;

    if (!s->disclosing.found)
        return HZ_OK;
    r_branch_proof(&s->disclosing.branch, &s->scratch, &proof);
    code = r_disclosed_write(&text, &proof, s->disclosing.branch.index, err);
    if (!code)
        code = tell(s, R_DISCLOSED_LINE, &s->disclosing.line, err);
    return code ? code : tell(s, R_DISCLOSED_PROOF, &text, err);
}

int r_disclosing_part(struct r_state *s, struct hz_error *err)
{
    const struct r_member *m = &s->member;
    bool tag = m->kind == R_KIND_TAG &&
               (m->tag == R_TAG_BAGIT || m->tag == R_TAG_FORMAT || m->tag == R_TAG_MERKLE || m->tag == R_TAG_BAG_INFO);
    int code = HZ_OK;

    if (!s->sink->disclose || !m->whole || !s->text.len || (!tag && m->kind != R_KIND_TAGMANIFEST))
        return HZ_OK;
    if (tag && m->tag == R_TAG_MERKLE)
        code = tell_proof(s, err);
    return code ? code : s->sink->part(s->sink->context, m->full, s->mtime, s->text.data, s->text.len, err);
}
