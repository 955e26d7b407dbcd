#include "custody/export.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_tree.h"
#include "base/lang.h"
#include "custody/checkpoint.h"
#include "custody/export_file.h"
#include "custody/export_people.h"
#include "custody/item.h"
#include "custody/offering.h"
#include "custody/person.h"
#include "custody/project_node.h"
#include "formats/read/ledger.h"
#include "formats/write/export.h"

#include "custody_export_texts.h"

/* One export in the making. */
struct exporting {
    const struct export_order *order;
    struct io_tree tree;
    struct buf sums;
    struct head head; /* of the checkpoint */
    struct checkpoint checkpoint;
    struct export_people people;
    uint64_t entries, last; /* about what was asked for; the last one's sequence */
    uint64_t lines;         /* of entries.jsonl */
    char last_digest[R_SHA256_HEX];
};

static void exporting_free(struct exporting *x)
{
    io_tree_abort(&x->tree);
    buf_free(&x->sums);
    checkpoint_free(&x->checkpoint);
    export_people_free(&x->people);
}

/* How many entries are about the item, and the last of them. */
static int count_item(struct exporting *x, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, x->order->store,
               "SELECT count(*), max(entry), (SELECT digest FROM statement WHERE item = ?1 ORDER BY entry DESC LIMIT 1)"
               " FROM statement WHERE item = ?1");
    query_text(&q, 1, x->order->item);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK)
        return rc;
    x->entries = row ? query_get_int(&q, 0) : 0;
    x->last = query_get_int(&q, 1);
    if (x->entries == 0)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s: the ledger has no item of this name"), x->order->item);
    if (strlen(query_get_text(&q, 2)) != R_SHA256_HEX - 1)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: the latest entry cannot be read; run hozen custody audit"),
                            x->order->store->path);
    memcpy(x->last_digest, query_get_text(&q, 2), R_SHA256_HEX);
    return HZ_OK;
}

static int not_covered(struct store *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf names = BUF_INIT(4096);
    int rc = person_checkpoint_signers(s, &names, err);

    if (rc != HZ_OK)
        return rc;
    return hz_error_set(err, HZ_E_DENIED,
                        _("no signed checkpoint covers all of it yet; a checkpoint signer (%s) must run hozen custody "
                          "checkpoint"),
                        buf_text(&names));
}

/* What is exported, as of which checkpoint. */
static int look(struct exporting *x, struct hz_error *err)
{
    struct store *s = x->order->store;
    struct w_proof_tree tree = project_tree(s);
    bool found = false;
    int rc = append_head(s, &x->head, err);

    if (rc == HZ_OK && x->order->item != NULL)
        rc = count_item(x, err);
    if (rc == HZ_OK)
        rc = checkpoint_find(s, x->order->item != NULL ? x->last + 1 : x->order->size, &x->checkpoint, &found, err);
    if (rc == HZ_OK && !found)
        return not_covered(s, err);
    if (rc != HZ_OK)
        return rc;
    x->head.size = x->checkpoint.size;
    if (x->order->item == NULL)
        x->entries = x->head.size;
    rc = w_proof_root(&tree, x->head.size, x->head.root, err);
    return rc == HZ_OK ? export_people_load(&x->people, s, x->head.size, err) : rc;
}

/* Whoever signed something that is exported. */
static int need(struct exporting *x, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc = export_people_need(&x->people, w_key_fingerprint(x->order->actor->key), err);

    for (size_t i = 0; rc == HZ_OK && i < x->checkpoint.count; i++) {
        struct r_signatures one = { { (const char *)x->checkpoint.signatures[i].data }, 1 };
        rc = export_people_need_signers(&x->people, &one, err);
    }
    query_open(&q, x->order->store,
               "SELECT bytes FROM statement JOIN entry ON sequence = entry WHERE item = ?1 AND entry < ?2");
    query_text(&q, 1, x->order->item);
    query_int(&q, 2, x->head.size);
    while (rc == HZ_OK && row) {
        HZ_CLEANUP(r_entry_free) struct r_entry e = { 0 };
        size_t len;
        rc = query_row(&q, &row, err);
        if (rc != HZ_OK || !row)
            break;
        const void *bytes = query_get_blob(&q, 0, &len);
        rc = r_entry_parse(&e, bytes, len, err);
        if (rc == HZ_OK)
            rc = export_people_need_signers(&x->people, &e.signatures, err);
    }
    return rc == HZ_OK ? export_people_settle(&x->people, err) : rc;
}

/* Is this entry one about the persons that are needed? next: where to look, ascending. */
static bool is_taken(const struct export_people *p, uint64_t sequence, size_t *next)
{
    while (*next < p->count && p->list[*next].sequence < sequence)
        ++*next;
    return *next < p->count && p->list[*next].sequence == sequence && p->list[*next].taken;
}

static int put_proof(struct exporting *x, struct export_file *proofs, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(8192);
    struct w_proof_tree tree = project_tree(x->order->store);
    struct w_proof inclusion;
    int rc = w_proof_inclusion(&tree, sequence, x->head.size, &inclusion, err);

    if (rc == HZ_OK)
        rc = w_export_proof(sequence, &inclusion, &line, err);
    return rc == HZ_OK ? export_file_put(proofs, line.data, line.len, err) : rc;
}

/* An entry is canonical JSON, so a line holds its exact bytes. */
static int put_entries(struct exporting *x, struct export_file *entries, struct export_file *proofs,
                       struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const char *item = x->order->item;
    bool row = true;
    size_t next = 0;
    int rc;

    query_open(&q, x->order->store,
               item == NULL ? "SELECT sequence, bytes, 1 FROM entry WHERE sequence < ?2 ORDER BY sequence"
                            : "SELECT sequence, bytes, coalesce(item = ?1, 0) FROM statement JOIN entry"
                              " ON sequence = entry WHERE sequence < ?2 AND (item = ?1 OR type IN ('genesis', 'person',"
                              " 'rotation', 'revocation')) ORDER BY sequence");
    query_text(&q, 1, item);
    query_int(&q, 2, x->head.size);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        uint64_t sequence = query_get_int(&q, 0);
        size_t len;
        const void *bytes = query_get_blob(&q, 1, &len);
        if (query_get_int(&q, 2) == 0 && !is_taken(&x->people, sequence, &next))
            continue;
        rc = export_file_put(entries, bytes, len, err);
        if (rc == HZ_OK)
            rc = export_file_put(entries, "\n", 1, err);
        x->lines++;
        if (rc == HZ_OK && item != NULL)
            rc = put_proof(x, proofs, sequence, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

static int write_entries(struct exporting *x, struct hz_error *err)
{
    HZ_CLEANUP(export_file_close) struct export_file entries = EXPORT_FILE_INIT, proofs = EXPORT_FILE_INIT;
    bool some = x->order->item != NULL;
    int rc = export_file_open(&entries, x->tree.fd, "entries.jsonl", err);

    if (rc == HZ_OK && some)
        rc = export_file_open(&proofs, x->tree.fd, "proofs.jsonl", err);
    if (rc == HZ_OK)
        rc = put_entries(x, &entries, &proofs, err);
    if (rc == HZ_OK)
        rc = export_file_end(&entries, &x->sums, err);
    if (rc == HZ_OK && some)
        rc = export_file_end(&proofs, &x->sums, err);
    return rc;
}

static int write_checkpoint(struct exporting *x, struct hz_error *err)
{
    const struct checkpoint *c = &x->checkpoint;
    int rc = export_file_whole(x->tree.fd, "checkpoint", c->text.data, c->text.len, &x->sums, err);

    for (size_t i = 0; rc == HZ_OK && i < c->count; i++) {
        HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(128);
        buf_printf(&name, "checkpoint.%s.sshsig", c->keyid[i]);
        rc = buf_text(&name) == NULL ? buf_check(&name, err)
                                     : export_file_whole(x->tree.fd, (const char *)name.data, c->signatures[i].data,
                                                         c->signatures[i].len, &x->sums, err);
    }
    return rc;
}

/* In the order of their names, which is that of SHA256SUMS. */
static int write_files(struct exporting *x, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf signers = BUF_INIT((size_t)64 << 20);
    int rc = export_file_whole(x->tree.fd, "VERIFY.en.txt", verifytxt_en, sizeof verifytxt_en, &x->sums, err);

    if (rc == HZ_OK)
        rc = export_file_whole(x->tree.fd, "VERIFY.ja.txt", verifytxt_ja, sizeof verifytxt_ja, &x->sums, err);
    if (rc == HZ_OK)
        rc = export_people_signers(&x->people, &signers, err);
    if (rc == HZ_OK)
        rc = export_file_whole(x->tree.fd, "allowed_signers", signers.data, signers.len, &x->sums, err);
    if (rc == HZ_OK)
        rc = write_checkpoint(x, err);
    if (rc == HZ_OK)
        rc = write_entries(x, err);
    return rc == HZ_OK ? export_file_whole(x->tree.fd, "SHA256SUMS", x->sums.data, x->sums.len, NULL, err) : rc;
}

/* What the folder is, signed by whoever makes it. */
static int write_description(struct exporting *x, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(65536);
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(128);
    const struct actor *a = x->order->actor;
    char sums[W_DIGEST_HEX];
    struct w_export e = { .ledger = x->head.ledger,
                          .key = w_key_fingerprint(a->key),
                          .name = a->person.name,
                          .organisation = a->person.organisation,
                          .time = stamp_now(),
                          .size = x->head.size,
                          .entries = x->entries,
                          .item = x->order->item,
                          .last_digest = x->last_digest,
                          .last_sequence = x->last,
                          .sums = sums };
    int rc = w_digest_hex_of(x->sums.data, x->sums.len, sums, err);

    memcpy(e.root, x->head.root, sizeof e.root);
    if (rc == HZ_OK)
        rc = w_export_build(&e, &text, err);
    if (rc == HZ_OK)
        rc = actor_sign(a, R_LEDGER_NAMESPACE, &text, &armour, err);
    buf_printf(&name, "export.json.%s.sshsig", w_key_id(a->key));
    if (rc == HZ_OK && buf_text(&name) == NULL)
        rc = buf_check(&name, err);
    if (rc == HZ_OK)
        rc = export_file_whole(x->tree.fd, "export.json", text.data, text.len, NULL, err);
    return rc == HZ_OK ? export_file_whole(x->tree.fd, (const char *)name.data, armour.data, armour.len, NULL, err)
                       : rc;
}

int export_write(const struct export_order *order, struct head *head, uint64_t *entries, struct hz_error *err)
{
    HZ_CLEANUP(exporting_free) struct exporting x = { .order = order, .tree = IO_TREE_INIT };
    int rc = store_snapshot(order->store, err);

    buf_init(&x.sums, 65536);
    if (rc == HZ_OK)
        rc = look(&x, err);
    if (rc == HZ_OK && order->item != NULL)
        rc = need(&x, err);
    else if (rc == HZ_OK)
        export_people_take_all(&x.people);
    if (rc == HZ_OK)
        rc = io_tree_begin(&x.tree, order->folder, err);
    if (rc == HZ_OK)
        rc = write_files(&x, err);
    if (rc == HZ_OK)
        rc = write_description(&x, err);
    if (rc == HZ_OK)
        rc = io_tree_commit(&x.tree, err);
    store_rollback(order->store);
    if (rc != HZ_OK)
        return rc;
    *head = x.head;
    *entries = x.lines;
    return HZ_OK;
}
