#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/audit_part.h"
#include "custody/project.h"
#include "formats/read/ledger.h"
#include "formats/read/proof.h"

/* One row of the table, parsed. */
struct seen {
    uint64_t sequence; /* the row's number */
    const void *bytes, *leaf;
    size_t len, leaf_len;
    unsigned char real_leaf[R_SHA256_SIZE];
    struct r_entry entry;
    struct r_statement statement;
    struct r_ledger_signers signers;
};

/* What goes from one entry to the next. */
struct progress {
    struct stamp last;
    unsigned char leaf[R_SHA256_SIZE];
};

static void seen_free(struct seen *s)
{
    r_entry_free(&s->entry);
    r_statement_free(&s->statement);
}

/* Errors that say something about the record, not about us. */
static bool is_about_record(int rc)
{
    return rc == HZ_E_FORMAT || rc == HZ_E_INVALID || rc == HZ_E_DENIED;
}

static int take_row(const struct query *q, struct seen *s, struct hz_error *err)
{
    memset(s, 0, sizeof *s);
    s->sequence = query_get_int(q, 0);
    s->bytes = query_get_blob(q, 1, &s->len);
    s->leaf = query_get_blob(q, 2, &s->leaf_len);
    return r_proof_leaf(s->bytes, s->len, s->real_leaf, err);
}

/* An entry's number is an integer of JSON; what stands under a larger one cannot be named, nor anything behind it. */
#define SEQUENCE_MAX ((UINT64_C(1) << 53) - 1)

/* Does the row stand where it must? false: nothing after it can be derived. */
static bool check_place(struct audit *a, const struct seen *s)
{
    if (s->sequence != a->size) {
        audit_find(a, "record-missing", a->size, _("entry %" PRIu64 " is missing; the next one is %" PRIu64), a->size,
                   s->sequence);
        return false;
    }
    return true;
}

/* Parses entry and statement. *usable false: a finding or something unknown says why it goes no further. */
static int parse(struct audit *a, struct seen *s, bool *usable, struct hz_error *err)
{
    int rc = r_entry_parse(&s->entry, s->bytes, s->len, err);

    if (rc == HZ_OK && s->entry.sequence != s->sequence) {
        audit_find(a, "record-reordered", s->sequence, _("what stands here is entry %" PRIu64), s->entry.sequence);
        *usable = false;
        return HZ_OK;
    }
    if (rc == HZ_OK)
        rc = r_statement_parse(&s->statement, s->entry.statement.data, s->entry.statement.len, err);
    *usable = rc == HZ_OK;
    if (rc == HZ_E_UNSUPPORTED) {
        audit_unknown(a, _("entry %" PRIu64 ": %s"), s->sequence, err->text);
        return HZ_OK;
    }
    if (is_about_record(rc)) {
        audit_find(a, "record-altered", s->sequence, "%s", err->text);
        return HZ_OK;
    }
    return rc;
}

static void check_ledger(struct audit *a, const struct seen *s)
{
    const char *stated = s->statement.ledger != NULL ? s->statement.ledger : s->statement.digest;

    if (s->sequence == 0)
        memcpy(a->ledger, s->statement.digest, sizeof a->ledger);
    if (strcmp(stated, a->ledger) != 0 || strcmp(s->entry.ledger, a->ledger) != 0)
        audit_find(a, "record-altered", s->sequence, _("it belongs to another ledger"));
}

static int check_signatures(struct audit *a, struct seen *s, struct hz_error *err)
{
    int rc = r_ledger_verify(s->entry.statement.data, s->entry.statement.len, &s->entry.signatures, &s->signers, err);

    if (!is_about_record(rc))
        return rc;
    audit_find(a, "record-signature-invalid", s->sequence, "%s", err->text);
    s->signers.count = 0;
    return HZ_OK;
}

static void check_time(struct audit *a, const struct seen *s, const struct progress *p)
{
    if (s->sequence > 0 && stamp_compare(s->entry.recorded_at, p->last) < 0)
        audit_find(a, "time-backwards", s->sequence, _("it was recorded at %s, earlier than the entry before"),
                   s->entry.recorded_at_text);
}

static int apply(struct audit *a, const struct seen *s, const struct progress *p, struct hz_error *err)
{
    struct project_record record = { &s->entry, &s->statement, &s->signers, s->real_leaf,
                                     s->sequence > 0 ? p->leaf : NULL };
    const char *code = "record-altered";
    int rc;

    /* Without valid signatures there is a finding already, and nobody for the rules to judge. */
    if (s->signers.count == 0) {
        a->broken = true;
        return HZ_OK;
    }
    rc = project_apply(a->scratch, &record, &code, err);
    if (rc == HZ_OK)
        rc = audit_seen(a, &s->statement, s->sequence, err);
    if (rc == HZ_OK)
        return audit_time_entry(a, &s->entry, &s->statement, s->signers.count, err);
    if (rc != HZ_E_DENIED)
        return rc;
    audit_find(a, code, s->sequence, "%s", err->text);
    a->broken = true;
    return HZ_OK;
}

static int check_content(struct audit *a, struct seen *s, struct progress *p, struct hz_error *err)
{
    bool usable = false;
    int rc = parse(a, s, &usable, err);

    if (rc != HZ_OK)
        return rc;
    if (!usable) {
        a->broken = true;
        return HZ_OK;
    }
    check_ledger(a, s);
    check_time(a, s, p);
    p->last = s->entry.recorded_at;
    rc = check_signatures(a, s, err);
    return rc == HZ_OK && !a->broken ? apply(a, s, p, err) : rc;
}

static int check_row(struct audit *a, const struct query *q, struct progress *p, struct audit_walk *w,
                     struct hz_error *err)
{
    HZ_CLEANUP(seen_free) struct seen s;
    int rc = take_row(q, &s, err);

    if (rc != HZ_OK)
        return rc;
    if (!check_place(a, &s)) {
        a->broken = a->gap = true;
        a->size = s.sequence;
    }
    if (s.leaf_len != sizeof s.real_leaf || memcmp(s.leaf, s.real_leaf, sizeof s.real_leaf) != 0)
        audit_find(a, "record-altered", s.sequence, _("its leaf digest is not that of its bytes"));
    rc = check_content(a, &s, p, err);
    if (rc != HZ_OK)
        return rc;
    r_merkle_add(&w->tree, &w->hash, s.bytes, s.len);
    memcpy(p->leaf, s.real_leaf, sizeof p->leaf);
    a->size = s.sequence + 1;
    return audit_walk_at(a, w, err);
}

static int each_row(struct audit *a, struct audit_walk *w, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct progress p = { 0 };
    bool row = true;
    int rc;

    /* What is larger than any entry or leaf is not even read. */
    query_open(&q, a->store,
               "SELECT sequence, CASE WHEN length(bytes) <= 1048576 THEN bytes END,"
               " CASE WHEN length(leaf) = 32 THEN leaf END FROM entry NOT INDEXED ORDER BY sequence");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        if (query_get_int(&q, 0) > SEQUENCE_MAX) {
            audit_find(a, "record-missing", a->size,
                       _("entry %" PRIu64 " is missing; a row stands under a number that no entry can have"), a->size);
            a->broken = a->gap = true;
            break;
        }
        rc = check_row(a, &q, &p, w, err);
        if (rc != HZ_OK)
            return rc;
    }
    if (rc == HZ_E_FORMAT) {
        audit_find(a, "record-altered", a->size, "%s", err->text);
        a->broken = a->gap = true;
        rc = HZ_OK;
    }
    return rc;
}

static void walk_end(struct audit_walk *w)
{
    audit_walk_end(w);
}

int audit_entries(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(walk_end) struct audit_walk w = { 0 };
    int rc = audit_walk_begin(a, &w, err);

    if (rc == HZ_OK)
        rc = each_row(a, &w, err);
    if (rc == HZ_OK && a->size == 0)
        audit_find(a, "record-missing", 0, _("the ledger is empty"));
    if (rc == HZ_OK && a->size > 0)
        r_merkle_root(&w.tree, &w.hash, a->root);
    return rc == HZ_OK ? audit_walk_rest(a, &w, err) : rc;
}
