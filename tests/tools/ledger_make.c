/* Makes a ledger long: ledger_make LEDGER COUNT FROM.key TO.key appends entries to an existing ledger, which knows both
 * people, until it has COUNT; signed and checked as the program does it, but many to one transaction. Eight are about
 * one item: intake, note, move, copy, offer, acceptance, note, move. FROM signs a checkpoint behind each transaction.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "custody/actor.h"
#include "custody/append.h"
#include "custody/checkpoint.h"
#include "formats/read/hash.h"

#define SEALED 500
#define STEPS 8

struct maker {
    struct store *store;
    struct actor from, to;
    struct append log;
    struct head head; /* as of the latest checkpoint */
    uint64_t number;  /* of the item */
    char item[32], file_sha256[R_SHA256_HEX], intake[R_SHA256_HEX], offer[R_SHA256_HEX];
};

static void hex_of(char out[R_SHA256_HEX], const void *bytes, size_t len)
{
    unsigned char digest[R_SHA256_SIZE];

    r_hash_sha256(digest, bytes, len);
    text_hex(out, digest, sizeof digest);
}

/* Signs and appends; *digest: of the statement, where it is asked for. */
static int add(struct maker *m, const struct actor *by, const struct w_statement *st, char *digest,
               struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed made = { 0 };
    struct w_signed content = { .signature_count = 1 };
    int rc = actor_sign_statement(by, st, &made, err);

    if (rc != HZ_OK)
        return rc;
    content.statement = &made.statement;
    content.signatures[0] = (const char *)made.armour.data;
    if (digest != NULL)
        hex_of(digest, made.statement.data, made.statement.len);
    return append_add(&m->log, &content, NULL, err);
}

static int add_offer(struct maker *m, struct w_statement *st, struct hz_error *err)
{
    struct w_person to = person_in_full(&m->to.person);

    to.checkpoint_signer = false;
    st->file_sha256 = m->file_sha256;
    st->previous = m->intake;
    st->body.to = &to;
    st->body.purpose = "malware analysis";
    st->body.integrity = "undetermined";
    st->body.expires = st->time;
    st->body.expires.at.seconds += 86400;
    return add(m, &m->from, st, m->offer, err);
}

static int add_acceptance(struct maker *m, struct w_statement *st, struct hz_error *err)
{
    const struct w_evidence evidence = {
        .verdict = "undetermined", .integrity = "intact", .authenticity = "untrusted", .files = "12", .bytes = "34567"
    };
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);

    text_base64(&root, m->head.root, sizeof m->head.root);
    if (buf_text(&root) == NULL)
        return buf_check(&root, err);
    st->file_sha256 = m->file_sha256;
    st->previous = m->offer;
    st->body.location = "evidence locker 7";
    st->body.evidence = &evidence;
    st->body.checkpoint = (struct w_seen) { true, true, m->head.size, (const char *)root.data };
    return add(m, &m->to, st, NULL, err);
}

static int add_intake(struct maker *m, struct w_statement *st, struct hz_error *err)
{
    snprintf(m->item, sizeof m->item, "INC-%07" PRIu64, m->number);
    hex_of(m->file_sha256, m->item, strlen(m->item));
    st->file_sha256 = m->file_sha256;
    st->body.kind = "image";
    st->body.location = "evidence locker 3";
    st->body.tool = "ledger_make";
    return add(m, &m->from, st, m->intake, err);
}

static int add_step(struct maker *m, unsigned step, struct hz_error *err)
{
    static const char *const types[STEPS] = { "intake", "note", "move", "copy", "offer", "acceptance", "note", "move" };
    const struct actor *by = step < 5 ? &m->from : &m->to;
    struct w_statement st = actor_statement(by, types[step], m->head.ledger);

    st.item = m->item;
    if (step == 0)
        return add_intake(m, &st, err);
    if (step == 4)
        return add_offer(m, &st, err);
    if (step == 5)
        return add_acceptance(m, &st, err);
    if (strcmp(st.type, "note") == 0)
        st.body.text = "seal looked at, not broken";
    else
        st.body.place = step < 5 ? "shelf 2" : "shelf 9";
    if (strcmp(st.type, "copy") == 0) {
        st.body.copy = "working-1";
        st.body.role = "working";
        st.body.sha256 = m->file_sha256;
    }
    return add(m, by, &st, NULL, err);
}

static int add_batch(struct maker *m, uint64_t batch, uint64_t count, unsigned *step, struct hz_error *err)
{
    int rc = append_begin(&m->log, m->store, NULL, err);

    for (uint64_t i = 0; rc == HZ_OK && i < batch && m->log.head.size < count; i++) {
        if (*step == 0)
            m->number++;
        rc = add_step(m, *step, err);
        *step = (*step + 1) % STEPS;
    }
    if (rc == HZ_OK)
        rc = append_commit(&m->log, err);
    append_abort(&m->log);
    m->head = m->log.head;
    if (rc != HZ_OK || (m->head.size % SEALED >= batch && m->head.size < count))
        return rc;
    return checkpoint_sign(m->store, &m->head, &m->from, err);
}

static int load(struct actor *actor, struct store *s, const char *path, struct hz_error *err)
{
    int rc = w_key_load(&actor->key, path, W_KEY_CUSTODY, NULL, NULL, err);

    return rc == HZ_OK ? actor_identify(actor, s, err) : rc;
}

static int make(struct maker *m, char **argv, struct hz_error *err)
{
    uint64_t count = 0, batch = SEALED;
    unsigned step = 0;
    int rc = r_hash_start(err);

    if (rc == HZ_OK &&
        (num_parse_u64(argv[2], strlen(argv[2]), 100000000, &count) != HZ_OK ||
         (argv[5] != NULL && num_parse_u64(argv[5], strlen(argv[5]), SEALED, &batch) != HZ_OK) || batch == 0))
        rc = hz_error_set(err, HZ_E_USAGE, "no number, or too large");
    if (rc == HZ_OK)
        rc = store_open(&m->store, argv[1], STORE_WRITE, err);
    if (rc == HZ_OK)
        rc = load(&m->from, m->store, argv[3], err);
    if (rc == HZ_OK)
        rc = load(&m->to, m->store, argv[4], err);
    if (rc == HZ_OK)
        rc = append_head(m->store, &m->head, err);
    m->number = m->head.size; /* items have other names than those of an earlier run */
    while (rc == HZ_OK && m->head.size < count)
        rc = add_batch(m, batch, count, &step, err);
    return rc;
}

int main(int argc, char **argv)
{
    struct maker m = { 0 };
    struct hz_error err = { 0 };
    int rc;

    if (argc != 5 && argc != 6) {
        fputs("usage: ledger_make LEDGER COUNT FROM.key TO.key [BATCH]\n", stderr);
        return 2;
    }
    rc = make(&m, argv, &err);
    if (rc != HZ_OK)
        fprintf(stderr, "%s\n", err.text);
    actor_free(&m.from);
    actor_free(&m.to);
    store_close(m.store);
    return rc == HZ_OK ? 0 : 3;
}
