/* Makes a ledger long: ledger_make LEDGER COUNT FROM.key TO.key [BATCH] appends entries to an existing ledger, which
 * knows both people, until it has COUNT. Eight are about one item: intake, note, move, copy, offer, acceptance, note,
 * move. FROM signs a checkpoint behind every 500.
 *
 * With a BATCH of 1 each entry is signed, checked and made durable as the program does it; threads sign and check the
 * next one meanwhile, unless HOZEN_ALONE is set. Otherwise a BATCH (500) is one transaction, signatures that were made
 * just now are taken for good, and nothing waits for the disk. Linked with --wrap=r_trust_verify. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "custody/actor.h"
#include "custody/append.h"
#include "custody/checkpoint.h"
#include "custody/store_error.h"
#include "formats/read/hash.h"
#include "formats/read/ledger.h"
#include "formats/read/pool.h"
#include "formats/read/trust.h"

#define SEALED 500
#define STEPS 8
#define SHARES 8

int __real_r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                          struct hz_error *err);
int __wrap_r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                          struct hz_error *err);

static bool taken_for_good;

int __wrap_r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                          struct hz_error *err)
{
    return taken_for_good ? HZ_OK : __real_r_trust_verify(sig, name_space, digest, err);
}

/* An entry to be, and a part of a batch that one thread signs. */
struct planned {
    const struct actor *by;
    struct actor_signed made;
    struct r_ledger_signers signers;
};

struct share {
    struct r_job job;
    struct r_pool *pool;
    struct planned *entries;
    struct r_keys keys;
    size_t count;
    bool done; /* under the pool's lock */
    int rc;
    struct hz_error err;
};

struct batch {
    size_t count;
    struct planned entries[SEALED];
    struct share shares[SHARES];
};

struct maker {
    struct store *store;
    struct actor from, to;
    struct append log;
    struct r_pool *pool;
    struct head head;     /* as of the latest checkpoint */
    uint64_t number;      /* of the item */
    uint64_t size, count; /* of the log with all that is planned, and as it shall be */
    size_t at_once;
    unsigned step;
    char item[32], file_sha256[R_SHA256_HEX], intake[R_SHA256_HEX], offer[R_SHA256_HEX];
    struct batch *plan; /* at work */
    struct batch batches[2];
};

static void hex_of(char out[R_SHA256_HEX], const void *bytes, size_t len)
{
    unsigned char digest[R_SHA256_SIZE];

    r_hash_sha256(digest, bytes, len);
    text_hex(out, digest, sizeof digest);
}

/* Plans an entry; *digest: of the statement, where it is asked for. */
static int add(struct maker *m, const struct actor *by, const struct w_statement *st, char *digest,
               struct hz_error *err)
{
    struct planned *p = &m->plan->entries[m->plan->count++];
    int rc;

    actor_signed_free(&p->made);
    p->by = by;
    buf_init(&p->made.statement, W_STATEMENT_MAX);
    buf_init(&p->made.armour, 8192);
    rc = w_statement_build(st, &p->made.statement, err);
    if (rc == HZ_OK && digest != NULL)
        hex_of(digest, p->made.statement.data, p->made.statement.len);
    return rc;
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

static struct w_signed content_of(const struct planned *p)
{
    struct w_signed content = { .statement = &p->made.statement, .signature_count = 1 };

    content.signatures[0] = (const char *)p->made.armour.data;
    return content;
}

static int sign_one(struct planned *p, struct r_keys *keys, struct hz_error *err)
{
    int rc = actor_sign(p->by, R_LEDGER_NAMESPACE, &p->made.statement, &p->made.armour, err);
    struct w_signed content = content_of(p);

    return rc == HZ_OK ? append_verify(keys, &content, &p->signers, err) : rc;
}

static void sign(struct r_job *job, struct r_decoder *decoder)
{
    struct share *s = (struct share *)job;

    (void)decoder;
    s->rc = HZ_OK;
    for (size_t i = 0; s->rc == HZ_OK && i < s->count; i++)
        s->rc = sign_one(&s->entries[i], &s->keys, &s->err);
}

static void signed_now(struct r_job *job)
{
    struct share *s = (struct share *)job;

    s->done = true;
    r_pool_wake(s->pool, R_POOL_OWNER);
}

static void hand_out(struct maker *m, struct batch *b)
{
    for (size_t i = 0; i < SHARES; i++) {
        struct share *s = &b->shares[i];
        size_t first = b->count * i / SHARES;
        s->job = (struct r_job) { .run = sign, .done = signed_now };
        s->pool = m->pool;
        s->entries = &b->entries[first];
        s->count = b->count * (i + 1) / SHARES - first;
        s->rc = HZ_OK;
        s->done = s->count == 0;
        if (!s->done)
            r_pool_put(m->pool, &s->job);
    }
}

static int wait_for(struct batch *b, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; b->count > 0 && i < SHARES; i++) {
        struct share *s = &b->shares[i];
        r_pool_lock(s->pool);
        while (!s->done)
            r_pool_wait(s->pool, R_POOL_OWNER);
        r_pool_unlock(s->pool);
        if (s->rc != HZ_OK) {
            rc = s->rc;
            *err = s->err;
        }
    }
    return rc;
}

static int plan_batch(struct maker *m, struct batch *b, struct hz_error *err)
{
    int rc = HZ_OK;

    m->plan = b;
    for (b->count = 0; rc == HZ_OK && b->count < m->at_once && m->size < m->count; m->size++) {
        if (m->step == 0)
            m->number++;
        rc = add_step(m, m->step, err);
        m->step = (m->step + 1) % STEPS;
    }
    if (rc == HZ_OK)
        hand_out(m, b);
    else
        b->count = 0;
    return rc;
}

static int record_batch(struct maker *m, struct batch *b, struct hz_error *err)
{
    int rc = append_begin(&m->log, m->store, NULL, err);

    for (size_t i = 0; rc == HZ_OK && i < b->count; i++) {
        struct w_signed content = content_of(&b->entries[i]);
        rc = append_verified(&m->log, &content, &b->entries[i].signers, NULL, err);
    }
    if (rc == HZ_OK)
        rc = append_commit(&m->log, err);
    append_abort(&m->log);
    if (rc != HZ_OK)
        return rc;
    m->head = m->log.head;
    if (m->head.size % SEALED >= b->count && m->head.size < m->count)
        return HZ_OK;
    return checkpoint_sign(m->store, &m->head, &m->from, err);
}

/* Signs one batch while the one before is recorded. */
static int run(struct maker *m, struct hz_error *err)
{
    struct hz_error ignored;
    int rc = plan_batch(m, &m->batches[0], err);

    for (size_t i = 0; rc == HZ_OK && m->batches[i % 2].count > 0; i++) {
        rc = wait_for(&m->batches[i % 2], err);
        if (rc == HZ_OK)
            rc = plan_batch(m, &m->batches[(i + 1) % 2], err);
        if (rc == HZ_OK)
            rc = record_batch(m, &m->batches[i % 2], err);
    }
    for (size_t i = 0; rc != HZ_OK && i < 2; i++)
        (void)wait_for(&m->batches[i], &ignored);
    return rc;
}

static int load(struct actor *actor, struct store *s, const char *path, struct hz_error *err)
{
    int rc = w_key_load(&actor->key, path, W_KEY_CUSTODY, NULL, NULL, err);

    return rc == HZ_OK ? actor_identify(actor, s, err) : rc;
}

/* What is made many at a time can be made again. */
static int hurry(struct maker *m, struct hz_error *err)
{
    int result;

    if (m->at_once == 1)
        return r_pool_start(&m->pool, getenv("HOZEN_ALONE") != NULL ? 0 : r_pool_processors(), err);
    taken_for_good = true;
    result = sqlite3_exec(m->store->db, "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000", NULL, NULL, NULL);
    return result == SQLITE_OK ? r_pool_start(&m->pool, r_pool_processors(), err) : store_error(m->store, result, err);
}

static int read_numbers(struct maker *m, char **argv, struct hz_error *err)
{
    uint64_t batch = SEALED;

    if (num_parse_u64(argv[2], strlen(argv[2]), 100000000, &m->count) != HZ_OK ||
        (argv[5] != NULL && num_parse_u64(argv[5], strlen(argv[5]), SEALED, &batch) != HZ_OK) || batch == 0)
        return hz_error_set(err, HZ_E_USAGE, "no number, or too large");
    m->at_once = batch;
    return r_hash_start(err);
}

static int make(struct maker *m, char **argv, struct hz_error *err)
{
    int rc = read_numbers(m, argv, err);

    if (rc == HZ_OK)
        rc = store_open(&m->store, argv[1], STORE_WRITE, err);
    if (rc == HZ_OK)
        rc = load(&m->from, m->store, argv[3], err);
    if (rc == HZ_OK)
        rc = load(&m->to, m->store, argv[4], err);
    if (rc == HZ_OK)
        rc = append_head(m->store, &m->head, err);
    if (rc == HZ_OK)
        rc = hurry(m, err);
    m->number = m->size = m->head.size; /* items have other names than those of an earlier run */
    return rc == HZ_OK ? run(m, err) : rc;
}

static void maker_free(struct maker *m)
{
    r_pool_stop(m->pool);
    for (size_t i = 0; i < 2 * SHARES; i++)
        r_keys_free(&m->batches[i / SHARES].shares[i % SHARES].keys);
    for (size_t i = 0; i < 2 * SEALED; i++)
        actor_signed_free(&m->batches[i / SEALED].entries[i % SEALED].made);
    actor_free(&m->from);
    actor_free(&m->to);
    store_close(m->store);
    free(m);
}

int main(int argc, char **argv)
{
    struct maker *m;
    struct hz_error err = { 0 };
    int rc;

    if (argc != 5 && argc != 6) {
        fputs("usage: ledger_make LEDGER COUNT FROM.key TO.key [BATCH]\n", stderr);
        return 2;
    }
    m = calloc(1, sizeof *m);
    if (m == NULL)
        return 3;
    rc = make(m, argv, &err);
    if (rc != HZ_OK)
        fprintf(stderr, "%s\n", err.text);
    maker_free(m);
    return rc == HZ_OK ? 0 : 3;
}
