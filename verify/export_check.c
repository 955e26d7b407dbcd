#include "verify/export_check.h"

#include <inttypes.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/read/brought.h"
#include "formats/read/line.h"
#include "formats/read/merkle.h"
#include "formats/read/policy.h"
#include "verify/export_chains.h"
#include "verify/export_keys.h"
#include "verify/export_names.h"
#include "verify/export_seen.h"

struct checking {
    const struct export_job *job;
    struct exported *x;
    struct export_keys keys;
    struct export_chains chains;
    struct export_seen seen;
    struct r_policy policy; /* the latest */
    struct r_merkle tree;
    struct r_hash leaf;
    size_t proof;         /* where the next line of proofs begins */
    uint64_t next;        /* the lowest number that the next entry can have */
    uint64_t about, last; /* entries about the item, and the last one's number */
    char last_digest[R_SHA256_HEX];
    struct stamp recorded_at;
    bool made_by;     /* the entries name the person whom export.json names, with that key */
    bool broken;      /* an entry could not be followed: no rule is applied any more */
    bool gap;         /* one is missing or unreadable: no root is compared */
    bool chains_over; /* too many items for this memory */
};

/* One line taken apart. */
struct one {
    uint64_t number;
    struct r_entry entry;
    struct r_statement statement;
    struct r_ledger_signers signers;
};

static void one_free(struct one *o)
{
    r_entry_free(&o->entry);
    r_statement_free(&o->statement);
}

static bool is_ours(int rc) /* not about the record */
{
    return rc == HZ_E_NOMEM || rc == HZ_E_CRYPTO || rc == HZ_E_IO;
}

static bool is_item(const struct checking *c)
{
    return c->job->about->item != NULL;
}

/* The proof beside this line. false: there is a finding. */
static int take_proof(struct checking *c, struct r_proof *proof, uint64_t *sequence, bool *there, struct hz_error *err)
{
    const struct buf *all = c->job->proofs;
    const char *line = (const char *)all->data + c->proof;
    const char *end = c->proof < all->len ? memchr(line, '\n', all->len - c->proof) : NULL;
    int rc;

    *there = false;
    if (end == NULL) {
        exported_find(c->x, EXPORTED_ALTERED, _("proofs.jsonl has fewer lines than entries.jsonl"));
        return HZ_OK;
    }
    c->proof += (size_t)(end - line) + 1;
    rc = r_export_proof(proof, sequence, line, (size_t)(end - line), err);
    if (rc == HZ_OK)
        *there = true;
    else if (!is_ours(rc))
        exported_find(c->x, EXPORTED_ALTERED, "proofs.jsonl: %s", err->text);
    return is_ours(rc) ? rc : HZ_OK;
}

/* Is the line, as it stands, in the log of the checkpoint? */
static int check_inclusion(struct checking *c, const char *line, size_t len, uint64_t number, struct hz_error *err)
{
    const struct r_export *about = c->job->about;
    unsigned char leaf[R_SHA256_SIZE];
    struct r_proof proof;
    uint64_t sequence = 0;
    bool there;
    int rc = take_proof(c, &proof, &sequence, &there, err);

    if (rc == HZ_OK && there)
        rc = r_proof_leaf(line, len, leaf, err);
    if (rc != HZ_OK || !there)
        return rc;
    if (sequence != number || !r_proof_inclusion(&proof, leaf, number, about->size, about->root))
        exported_find_at(c->x, EXPORTED_INCONSISTENT, number, _("it is not shown to be in the log of the checkpoint"));
    return HZ_OK;
}

/* Does it stand where it may? Where the first one does not, the log ends: what follows is read, but not followed. */
static void check_place(struct checking *c, uint64_t number)
{
    uint64_t next = c->next;
    bool fits = is_item(c) ? number >= next && (next > 0 || number == 0) : number == next;

    c->next = number + 1;
    if (c->gap || (fits && number < c->job->about->size))
        return;
    c->broken = c->gap = true;
    if (next == 0)
        exported_find_at(c->x, EXPORTED_RECORD_MISSING, 0, _("entry 0, the genesis, is missing"));
    else if (number > next)
        exported_find_at(c->x, EXPORTED_RECORD_MISSING, next,
                         _("entry %" PRIu64 " is missing; the next one is %" PRIu64), next, number);
    else
        exported_find_at(c->x, EXPORTED_RECORD_REORDERED, number, _("it stands behind entry %" PRIu64), next - 1);
}

static void check_ledger(struct checking *c, const struct one *o)
{
    const char *ledger = c->job->about->ledger;
    const char *stated = o->statement.ledger != NULL ? o->statement.ledger : o->statement.digest;

    if (strcmp(stated, ledger) != 0 || strcmp(o->entry.ledger, ledger) != 0)
        exported_find_at(c->x, EXPORTED_RECORD_ALTERED, o->number, _("it belongs to another ledger"));
    if ((o->statement.type == R_STATEMENT_GENESIS) != (o->number == 0))
        exported_find_at(c->x, EXPORTED_RECORD_ALTERED, o->number,
                         _("a ledger begins with its genesis statement and has no other"));
    if (o->number > 0 && stamp_compare(o->entry.recorded_at, c->recorded_at) < 0)
        exported_find_at(c->x, EXPORTED_TIME_BACKWARDS, o->number,
                         _("it was recorded at %s, earlier than the entry before"), o->entry.recorded_at_text);
    c->recorded_at = o->entry.recorded_at;
}

/* An item's folder says nothing about anything else. */
static void check_subject(struct checking *c, const struct one *o)
{
    const struct r_statement *s = &o->statement;
    bool person = s->type == R_STATEMENT_GENESIS || s->type == R_STATEMENT_PERSON || s->type == R_STATEMENT_ROTATION ||
                  s->type == R_STATEMENT_REVOCATION;

    if (!is_item(c) || text_equal(s->item, c->job->about->item)) {
        c->about++;
        c->last = o->number;
        memcpy(c->last_digest, s->digest, sizeof c->last_digest);
    } else if (!person) {
        exported_find_at(c->x, EXPORTED_ALTERED, o->number, _("it is not about the item of this folder"));
    }
}

static int follow(struct checking *c, const struct one *o, struct hz_error *err)
{
    const struct r_statement *s = &o->statement;
    int rc = HZ_OK;

    if (s->item == NULL && s->type != R_STATEMENT_FIXITY) {
        if (s->body.person.present && export_names_maker(c->job->about, &s->body.person))
            c->made_by = true;
        if (s->type == R_STATEMENT_ROTATION)
            export_chains_rotate(&c->chains, s->body.old, s->body.person.key);
        return export_keys_apply(&c->keys, s, o->number, err);
    }
    if (!c->chains_over)
        rc = (s->item == NULL ? export_chains_fixity : export_chains_apply)(&c->chains, &c->keys, s, &o->signers,
                                                                            o->entry.recorded_at, err);
    if (rc != HZ_E_LIMIT)
        return rc;
    c->chains_over = true;
    exported_unknown(c->x, _("the chains of items from entry %" PRIu64 " on: %s"), o->number, err->text);
    return HZ_OK;
}

/* The policy stands in the whole ledger alone. */
static int check_policy(struct checking *c, const struct r_statement *s, const struct r_ledger_signing *signing,
                        struct hz_error *err)
{
    const struct export_key *actor = export_keys_find(&c->keys, s->actor.key);
    struct r_policy policy = { 0 };
    int rc;

    if (is_item(c))
        return HZ_OK;
    rc = r_policy_check(&c->policy, s, signing, actor != NULL ? actor->role : NULL, err);

    if (rc != HZ_OK || s->type != R_STATEMENT_POLICY)
        return rc;
    rc = r_policy_parse(&policy, s->body.rules, err);
    if (rc != HZ_OK)
        return rc;
    r_policy_free(&c->policy);
    c->policy = policy;
    return HZ_OK;
}

/* The rules of section 3, as when it was recorded. */
static int apply(struct checking *c, const struct one *o, struct hz_error *err)
{
    const char *code = "record-altered";
    struct r_ledger_signing signing;
    int rc;

    export_keys_signing(&c->keys, &o->statement, &o->signers, o->entry.recorded_at, !is_item(c), &signing);
    rc = r_ledger_rule_check(&o->statement, &signing, &code, err);
    if (rc == HZ_OK) {
        code = "policy-violated";
        rc = check_policy(c, &o->statement, &signing, err);
    }
    if (rc == HZ_OK) {
        code = "record-altered";
        rc = r_brought_carried(&o->statement, err);
    }
    if (rc == HZ_OK) {
        code = "custody-gap";
        rc = follow(c, o, err);
    }
    if (rc == HZ_OK || is_ours(rc))
        return rc;
    c->broken = true;
    exported_find_at(c->x, exported_code_find(code), o->number, "%s", err->text);
    return HZ_OK;
}

static int check_signatures(struct checking *c, struct one *o, struct hz_error *err)
{
    int rc = r_ledger_verify(o->entry.statement.data, o->entry.statement.len, &o->entry.signatures, &o->signers, err);

    if (rc != HZ_OK && !is_ours(rc)) {
        exported_find_at(c->x, EXPORTED_SIGNATURE_INVALID, o->number, "%s", err->text);
        c->broken = true;
        return HZ_OK;
    }
    return rc == HZ_OK && !c->broken ? apply(c, o, err) : rc;
}

static int check_statement(struct checking *c, struct one *o, struct hz_error *err)
{
    bool again = false;
    int rc = r_statement_parse(&o->statement, o->entry.statement.data, o->entry.statement.len, err);

    if (rc == HZ_E_UNSUPPORTED)
        exported_unknown(c->x, _("entry %" PRIu64 ": %s"), o->number, err->text);
    else if (rc != HZ_OK && !is_ours(rc))
        exported_find_at(c->x, EXPORTED_RECORD_ALTERED, o->number, "%s", err->text);
    if (rc != HZ_OK) {
        c->broken = true;
        return is_ours(rc) ? rc : HZ_OK;
    }
    check_ledger(c, o);
    check_subject(c, o);
    rc = export_seen_add(&c->seen, o->statement.digest, &again, err);
    if (rc == HZ_OK && again)
        exported_find_at(c->x, EXPORTED_RECORD_ALTERED, o->number, _("its statement stands in the log twice"));
    return rc == HZ_OK ? check_signatures(c, o, err) : rc;
}

/* What a line that is no entry was is not known: nothing behind it is followed. */
static int unreadable(struct checking *c, int rc, uint64_t count, const struct hz_error *err)
{
    if (is_ours(rc))
        return rc;
    if (rc == HZ_E_UNSUPPORTED)
        exported_unknown(c->x, _("line %" PRIu64 " of entries.jsonl: %s"), count, err->text);
    else
        exported_find(c->x, EXPORTED_RECORD_ALTERED, _("line %" PRIu64 " of entries.jsonl: %s"), count, err->text);
    c->broken = c->gap = true;
    return HZ_OK;
}

static int on_line(void *context, const char *line, size_t len, uint64_t count, uint64_t offset, struct hz_error *err)
{
    HZ_CLEANUP(one_free) struct one o = { 0 };
    struct checking *c = context;
    int rc = r_entry_parse(&o.entry, line, len, err);

    (void)offset;
    c->x->entries = count;
    r_merkle_add(&c->tree, &c->leaf, line, len);
    if (rc != HZ_OK)
        return unreadable(c, rc, count, err);
    o.number = o.entry.sequence;
    check_place(c, o.number);
    if (is_item(c))
        rc = check_inclusion(c, line, len, o.number, err);
    return rc == HZ_OK ? check_statement(c, &o, err) : rc;
}

/* Reads entries.jsonl to its end. */
static int read_lines(struct checking *c, struct hz_error *err)
{
    HZ_CLEANUP(r_line_free) struct r_line lines = { 0 };
    HZ_CLEANUP(r_hash_close) struct r_hash whole = { 0 };
    HZ_CLEANUP(buf_free) struct buf piece = BUF_INIT(1 << 16);
    unsigned char digest[R_SHA256_SIZE];
    size_t got = 1;
    int rc = r_hash_open(&whole, R_SHA256, err);

    r_line_begin(&lines, R_ENTRY_MAX);
    if (buf_grow(&piece, 1 << 16) == NULL)
        return buf_check(&piece, err);
    while (rc == HZ_OK && got > 0) {
        rc = io_read(c->job->entries, piece.data, piece.len, &got, err);
        if (rc == HZ_OK)
            r_hash_put(&whole, piece.data, got);
        if (rc == HZ_OK && !lines.too_long)
            rc = r_line_put(&lines, piece.data, got, on_line, c, err);
    }
    if (rc != HZ_OK)
        return rc;
    r_hash_finish(&whole, digest);
    if (memcmp(digest, c->job->digest, sizeof digest) != 0)
        exported_find(c->x, EXPORTED_ALTERED, _("entries.jsonl is not as SHA256SUMS has it"));
    if (lines.too_long || !r_line_whole(&lines)) {
        exported_find(c->x, EXPORTED_RECORD_ALTERED, _("entries.jsonl ends within a line, or has one over 1 MiB"));
        c->gap = true;
    }
    return HZ_OK;
}

static void check_root(struct checking *c)
{
    const struct r_export *about = c->job->about;
    unsigned char root[R_SHA256_SIZE];

    if (c->gap)
        return;
    r_merkle_root(&c->tree, &c->leaf, root);
    if (c->x->entries != about->size)
        exported_find_at(c->x, EXPORTED_INCONSISTENT, c->x->entries < about->size ? c->x->entries : about->size,
                         _("the checkpoint is of %" PRIu64 " entries; here are %" PRIu64), about->size, c->x->entries);
    else if (memcmp(root, about->root, sizeof root) != 0)
        exported_find(c->x, EXPORTED_INCONSISTENT, _("the entries are not those of the log that was signed"));
}

static void check_last(struct checking *c)
{
    const struct r_export *about = c->job->about;

    if (c->proof < c->job->proofs->len)
        exported_find(c->x, EXPORTED_ALTERED, _("proofs.jsonl has more lines than entries.jsonl"));
    if (c->about != about->entries || c->last != about->last_sequence ||
        strcmp(c->last_digest, about->last_digest) != 0)
        exported_find(c->x, EXPORTED_ALTERED, _("export.json names another last entry, or number of entries"));
}

/* Who signed and made it, by what the entries say. */
static int check_people(struct checking *c, struct hz_error *err)
{
    const struct export_job *job = c->job;
    const struct export_key *maker;

    for (size_t i = 0; i < job->signer_count; i++)
        c->x->may[i] = export_keys_may(&c->keys, job->signers[i], job->about->size);
    c->x->followed = !c->broken;
    if (c->broken)
        return HZ_OK; /* behind a break nobody knows who was added */
    maker = export_keys_find(&c->keys, job->about->key);
    if (maker == NULL)
        exported_find(c->x, EXPORTED_ALTERED, _("export.json is signed by nobody whom the ledger knows"));
    else if (maker->ended)
        exported_find(c->x, EXPORTED_ALTERED, _("export.json is signed with a key that was revoked or replaced"));
    if (maker != NULL && !c->made_by)
        exported_find(c->x, EXPORTED_ALTERED,
                      _("export.json names another person or organisation than the entries do for the key that signed "
                        "it"));
    return export_names_listed(c->x, &c->keys, job->listed, err);
}

static void checking_free(struct checking *c)
{
    export_keys_free(&c->keys);
    export_chains_free(&c->chains);
    export_seen_free(&c->seen);
    r_policy_free(&c->policy);
    r_hash_close(&c->leaf);
}

int export_check(const struct export_job *job, struct exported *x, struct hz_error *err)
{
    HZ_CLEANUP(checking_free) struct checking c = { .job = job, .x = x };
    int rc = r_hash_open(&c.leaf, R_SHA256, err);

    r_merkle_begin(&c.tree);
    if (rc == HZ_OK)
        rc = read_lines(&c, err);
    if (rc != HZ_OK)
        return rc;
    if (is_item(&c))
        check_last(&c);
    else
        check_root(&c);
    return check_people(&c, err);
}
