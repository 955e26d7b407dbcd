#include "custody/append.h"

#include <string.h>

#include "base/lang.h"
#include "custody/project.h"
#include "custody/project_node.h"
#include "formats/read/ledger.h"

static int read_size(struct store *s, struct head *head, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s,
               "SELECT digest, (SELECT coalesce(max(sequence) + 1, 0) FROM entry) FROM statement WHERE entry = 0");
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK)
        return rc;
    if (!row || strlen(query_get_text(&q, 0)) != R_SHA256_HEX - 1)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: the ledger has no genesis statement; run hozen custody audit"),
                            s->path);
    memcpy(head->ledger, query_get_text(&q, 0), R_SHA256_HEX);
    head->size = query_get_int(&q, 1);
    return HZ_OK;
}

int append_head(struct store *s, struct head *out, struct hz_error *err)
{
    struct w_proof_tree tree = project_tree(s);
    struct head head;
    int rc = read_size(s, &head, err);

    if (rc == HZ_OK)
        rc = w_proof_root(&tree, head.size, head.root, err);
    if (rc == HZ_OK)
        *out = head;
    return rc;
}

/* Time and leaf of the latest entry. */
static int read_last(struct append *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const char *time;
    const void *leaf;
    size_t len;
    bool row;
    int rc;

    query_open(&q, a->store,
               "SELECT recorded_at, leaf FROM statement JOIN entry ON entry.sequence = statement.entry"
               " WHERE sequence = ?1");
    query_int(&q, 1, a->head.size - 1);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK)
        return rc;
    time = row ? query_get_text(&q, 0) : NULL;
    leaf = row ? query_get_blob(&q, 1, &len) : NULL;
    if (time == NULL || leaf == NULL || len != W_DIGEST_SIZE || stamp_parse(&a->last, time, strlen(time)) != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: the latest entry cannot be read; run hozen custody audit"),
                            a->store->path);
    memcpy(a->leaf, leaf, W_DIGEST_SIZE);
    return HZ_OK;
}

int append_begin(struct append *a, struct store *s, const char *genesis, struct hz_error *err)
{
    int rc = store_begin(s, err);

    if (rc != HZ_OK)
        return rc;
    *a = (struct append) { .store = s };
    if (genesis != NULL) {
        memcpy(a->head.ledger, genesis, R_SHA256_HEX);
        return HZ_OK;
    }
    rc = read_size(s, &a->head, err);
    if (rc == HZ_OK)
        rc = read_last(a, err);
    if (rc != HZ_OK)
        append_abort(a);
    return rc;
}

static int insert_entry(struct append *a, const struct buf *bytes, const unsigned char *leaf, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, a->store, "INSERT INTO entry VALUES (?1, ?2, ?3)");
    query_int(&q, 1, a->head.size);
    query_blob(&q, 2, bytes->data, bytes->len);
    query_blob(&q, 3, leaf, W_DIGEST_SIZE);
    return query_run(&q, err);
}

/* What was checked is what stands in the entry, to the byte. */
static bool is_content(const struct r_entry *e, const struct w_signed *content)
{
    bool same = e->statement.len == content->statement->len &&
                memcmp(e->statement.data, content->statement->data, e->statement.len) == 0 &&
                e->signatures.count == content->signature_count;

    for (size_t i = 0; same && i < e->signatures.count; i++)
        same = strcmp(e->signatures.armour[i], content->signatures[i]) == 0;
    return same;
}

/* Reads the entry back as the audit will, and lets it into the tables only if that holds. */
static int project(struct append *a, const struct buf *bytes, const unsigned char *leaf, const struct w_signed *content,
                   const struct r_ledger_signers *signers, struct hz_error *err)
{
    HZ_CLEANUP(r_entry_free) struct r_entry entry = { 0 };
    HZ_CLEANUP(r_statement_free) struct r_statement statement = { 0 };
    const char *code;
    struct project_record record = { &entry, &statement, signers, leaf, a->head.size > 0 ? a->leaf : NULL, NULL };
    int rc = r_entry_parse(&entry, bytes->data, bytes->len, err);

    if (rc == HZ_OK)
        rc = r_statement_parse(&statement, entry.statement.data, entry.statement.len, err);
    if (rc == HZ_OK && !is_content(&entry, content))
        return hz_error_set(err, HZ_E_FORMAT, _("the entry does not hold what was signed"));
    if (rc == HZ_OK && a->head.size > 0 && strcmp(statement.ledger, a->head.ledger) != 0)
        return hz_error_set(err, HZ_E_DENIED, _("the statement belongs to another ledger"));
    return rc == HZ_OK ? project_apply(a->store, &record, &code, err) : rc;
}

static int check_clock(const struct append *a, struct stamp now, struct hz_error *err)
{
    char last[STAMP_SIZE];

    if (a->head.size == 0 || stamp_compare(now, a->last) >= 0)
        return HZ_OK;
    stamp_format(last, a->last);
    return hz_error_set(err, HZ_E_DENIED,
                        _("it is earlier now than when entry %llu was recorded (%s): either this machine's clock is "
                          "behind; set it. Or that entry was recorded with a clock ahead: nothing can be recorded "
                          "before that time, and README says how to go on"),
                        (unsigned long long)a->head.size - 1, last);
}

int append_verify(struct r_keys *keys, const struct w_signed *content, struct r_ledger_signers *out,
                  struct hz_error *err)
{
    struct r_signatures signatures = { .count = content->signature_count };

    for (size_t i = 0; i < signatures.count; i++)
        signatures.armour[i] = content->signatures[i];
    return r_ledger_verify_by(keys, content->statement->data, content->statement->len, &signatures, out, err);
}

int append_verified(struct append *a, const struct w_signed *content, const struct r_ledger_signers *signers,
                    uint64_t *sequence, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(W_ENTRY_MAX);
    struct w_entry entry = { a->head.ledger, a->head.size, stamp_now(), *content };
    unsigned char leaf[W_DIGEST_SIZE];
    int rc = check_clock(a, entry.recorded_at, err);

    if (rc == HZ_OK)
        rc = w_entry_build(&entry, &bytes, err);
    if (rc == HZ_OK)
        rc = w_proof_leaf(bytes.data, bytes.len, leaf, err);
    if (rc == HZ_OK)
        rc = insert_entry(a, &bytes, leaf, err);
    if (rc == HZ_OK)
        rc = project(a, &bytes, leaf, content, signers, err);
    if (rc != HZ_OK)
        return rc;
    if (sequence != NULL)
        *sequence = a->head.size;
    a->head.size++;
    a->last = entry.recorded_at;
    memcpy(a->leaf, leaf, sizeof leaf);
    return HZ_OK;
}

int append_add(struct append *a, const struct w_signed *content, uint64_t *sequence, struct hz_error *err)
{
    struct r_ledger_signers signers;
    int rc = append_verify(&a->store->keys, content, &signers, err);

    return rc == HZ_OK ? append_verified(a, content, &signers, sequence, err) : rc;
}

int append_commit(struct append *a, struct hz_error *err)
{
    struct w_proof_tree tree = project_tree(a->store);
    int rc = w_proof_root(&tree, a->head.size, a->head.root, err);

    if (rc == HZ_OK)
        rc = store_commit(a->store, err);
    if (rc != HZ_OK)
        append_abort(a);
    return rc;
}

void append_abort(struct append *a)
{
    store_rollback(a->store);
}

int append_one(struct store *s, const struct w_signed *content, struct head *head, struct hz_error *err)
{
    struct r_ledger_signers signers;
    struct append a;
    int rc = append_verify(&s->keys, content, &signers, err);

    if (rc == HZ_OK)
        rc = append_begin(&a, s, NULL, err);
    if (rc != HZ_OK)
        return rc;
    rc = append_verified(&a, content, &signers, NULL, err);
    if (rc == HZ_OK)
        rc = append_commit(&a, err);
    append_abort(&a);
    if (rc == HZ_OK)
        *head = a.head;
    return rc;
}
