/* Exports made in memory, entry by entry, and what checking one finds, as text. Signatures hold (tests/fuzz/holds.c);
 * those of the vectors are used again. */
#ifndef HZ_TESTS_VERIFY_EXPORT_MADE_H
#define HZ_TESTS_VERIFY_EXPORT_MADE_H

#include "verify/export_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io_rw.h"
#include "base/text.h"
#include "formats/read/merkle.h"
#include "formats/read/sshsig.h"
#include "tests/unit/test.h"

#define ZERO64 "0000000000000000000000000000000000000000000000000000000000000000"
#define LEAVES 8

struct person {
    char key[R_LEDGER_FINGERPRINT], keyid[R_SHA256_HEX], public_key[400];
    char armour[2000]; /* as JSON */
    unsigned char id[R_SHA256_SIZE];
};
static struct person sato, tanaka, kondo;
static char listed_as[80] = "somebody@csirt.example"; /* the principal in allowed_signers */
static char listed_name[80] = "Somebody", listed_for[80] = "hozen-ledger-v1";
static bool listed_untouched, listed_twice;

struct run {
    struct buf lines, proofs;
    struct r_merkle tree;
    struct r_hash hash;
    unsigned char leaf[LEAVES][R_SHA256_SIZE];
    unsigned count, number, second;
    char ledger[R_SHA256_HEX];
    const struct person *actor, *also[2]; /* also: sign too; NULL: nobody */
    const char *schema, *outer, *in_ledger, *of_ledger;
};

static inline void read_vector(struct buf *out, const char *name)
{
    const char *source = getenv("HOZEN_SOURCE");
    char path[4096];

    snprintf(path, sizeof path, "%s/formats/spec/vectors/%s", source ? source : ".", name);
    assert_int_equal(io_read_file(path, out, NULL), HZ_OK);
}

static inline void load(struct person *p, const char *bundle, const char *pub)
{
    static const char first[] = "-----BEGIN SSH SIGNATURE-----\n", last[] = "-----END SSH SIGNATURE-----\n";
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096), tar = BUF_INIT(1 << 20);
    const char *at, *stop, *wrong;
    struct r_sshsig sig;
    size_t n = 0;

    read_vector(&tar, bundle);
    at = memmem(tar.data, tar.len, first, sizeof first - 1);
    assert_non_null(at);
    stop = (char *)memmem(at, (size_t)((char *)tar.data + tar.len - at), last, sizeof last - 1) + sizeof last - 1;
    assert_int_equal(r_sshsig_read(at, (size_t)(stop - at), &sig, &wrong), HZ_OK);
    for (; at < stop; at++)
        n += (size_t)snprintf(p->armour + n, sizeof p->armour - n, "%.*s", *at == '\n' ? 2 : 1,
                              *at == '\n' ? "\\n" : at);
    memcpy(p->key, sig.key.fingerprint, sizeof p->key);
    memcpy(p->keyid, sig.key.keyid, sizeof p->keyid);
    memcpy(p->id, sig.key.id, sizeof p->id);
    read_vector(&text, pub);
    assert_non_null(buf_text(&text));
    n = strcspn((char *)text.data, " ");
    n += 1 + strcspn((char *)text.data + n + 1, " \n");
    snprintf(p->public_key, sizeof p->public_key, "%.*s", (int)n, (char *)text.data);
}

static inline void begin(struct run *r)
{
    memset(r, 0, sizeof *r);
    buf_init(&r->lines, 1 << 20);
    buf_init(&r->proofs, 1 << 16);
    r_merkle_begin(&r->tree);
    assert_int_equal(r_hash_open(&r->hash, R_SHA256, NULL), HZ_OK);
    r->actor = &sato;
    r->schema = "hozen-entry/1";
}

static inline void end(struct run *r)
{
    buf_free(&r->lines);
    buf_free(&r->proofs);
    r_hash_close(&r->hash);
}

/* A line as it is, in log and tree. */
static inline void add_line(struct run *r, const char *line, size_t len)
{
    unsigned char leaf[R_SHA256_SIZE];

    r_hash_sha256_behind(leaf, 0, line, len);
    memcpy(r->leaf[r->count++], leaf, sizeof leaf);
    r_merkle_add(&r->tree, &r->hash, line, len);
    buf_put(&r->lines, line, len);
    buf_putc(&r->lines, '\n');
}

static inline int by_keyid(const void *a, const void *b)
{
    const struct person *const *x = a, *const *y = b;

    return strcmp((*x)->keyid, (*y)->keyid);
}

/* The next entry: its number and second go on by one each, unless they were set. */
static inline void add(struct run *r, const char *type, const char *body)
{
    HZ_CLEANUP(buf_free) struct buf s = BUF_INIT(8192), line = BUF_INIT(32768);
    const struct person *by[3] = { r->actor, r->also[0], r->also[1] };
    size_t signers = r->also[1] ? 3 : r->also[0] ? 2 : 1;
    unsigned char digest[R_SHA256_SIZE];

    buf_printf(&s, "{\"actor\":{\"key\":\"%s\",\"name\":\"Somebody\"},\"body\":%s,%s", r->actor->key, body,
               r->outer ? r->outer : "");
    if (strcmp(type, "genesis") != 0)
        buf_printf(&s, "\"ledger\":\"%s\",", r->of_ledger ? r->of_ledger : r->ledger);
    buf_printf(
        &s,
        "\"nonce\":\"%032x\",\"schema\":\"hozen-statement/1\",\"time\":\"2026-11-20T12:00:00+00:00\",\"type\":\"%s\"}",
        r->count, type);
    if (!r->ledger[0]) {
        r_hash_sha256(digest, s.data, s.len);
        text_hex(r->ledger, digest, sizeof digest);
    }
    qsort(by, signers, sizeof by[0], by_keyid);
    buf_printf(
        &line,
        "{\"ledger\":\"%s\",\"recorded_at\":\"2026-11-20T12:00:%02u.000000000Z\",\"schema\":\"%s\",\"sequence\":%u,"
        "\"signatures\":[",
        r->in_ledger ? r->in_ledger : r->ledger, r->second++, r->schema, r->number++);
    for (size_t i = 0; i < signers; i++)
        buf_printf(&line, "%s\"%s\"", i > 0 ? "," : "", by[i]->armour);
    buf_puts(&line, "],\"statement\":\"");
    text_base64(&line, s.data, s.len);
    buf_puts(&line, "\"}");
    assert_non_null(buf_text(&line));
    add_line(r, (char *)line.data, line.len);
}

static inline const char *person_of(const struct person *p, bool signer)
{
    static char text[600];

    snprintf(text, sizeof text,
             "{\"checkpoint_signer\":%s,\"contact\":\"somebody@csirt.example\",\"key\":\"%s\",\"name\":\"Somebody\","
             "\"public_key\":\"%s\"}",
             signer ? "true" : "false", p->key, p->public_key);
    return text;
}

static inline void genesis(struct run *r)
{
    char body[800];

    snprintf(body, sizeof body, "{\"organisation\":\"CSIRT\",\"person\":%s,\"tool\":\"t\"}", person_of(&sato, true));
    add(r, "genesis", body);
}

static inline void person(struct run *r, const struct person *p)
{
    char body[800];

    snprintf(body, sizeof body, "{\"person\":%s}", person_of(p, false));
    add(r, "person", body);
}

static inline void note(struct run *r)
{
    r->outer = "\"case\":\"C\",";
    add(r, "note", "{\"text\":\"x\"}");
    r->outer = NULL;
}

static inline void intake(struct run *r, const char *item)
{
    char outer[64];

    snprintf(outer, sizeof outer, "\"item\":\"%s\",", item);
    r->outer = outer;
    add(r, "intake", "{\"kind\":\"device\",\"location\":\"l\",\"tool\":\"t\"}");
    r->outer = NULL;
}

/* What is found, as text: word@entry, "unknown" for what cannot be judged; then who may. */
static inline void expect(struct run *r, const struct r_export *change, const struct person *listed,
                          const char *expected)
{
    struct r_export about = {
        .ledger = r->ledger, .key = sato.key, .name = "Somebody", .size = r->count, .entries = r->count
    };
    struct r_signer signers[2] = {
        { .principal = listed_as, .comment = listed_name, .name_spaces = listed_for, .no_touch = listed_untouched }
    };
    struct r_signers list = { signers, listed_twice ? 2 : 1 };
    struct exported *x = calloc(1, sizeof *x);
    struct hz_error err = { 0 };
    HZ_CLEANUP(buf_free) struct buf said = BUF_INIT(4096);
    unsigned char digest[R_SHA256_SIZE];
    struct export_job job = { .digest = digest,
                              .proofs = &r->proofs,
                              .about = &about,
                              .listed = &list,
                              .signers = { sato.key, tanaka.key },
                              .signer_count = 2 };

    memcpy(signers[0].id, listed->id, sizeof signers[0].id);
    signers[1] = signers[0];
    r_merkle_root(&r->tree, &r->hash, about.root);
    r_hash_sha256(digest, r->lines.data, r->lines.len);
    if (change) {
        about.size = change->size ? change->size : about.size;
        about.key = change->key ? change->key : about.key;
        about.name = change->name ? change->name : about.name;
        about.organisation = change->organisation;
        about.root[0] ^= change->root[0];
        digest[0] ^= change->root[1];
        about.item = change->item;
        about.entries = change->entries ? change->entries : about.entries;
        about.last_digest = change->last_digest;
        about.last_sequence = change->last_sequence;
    }
    job.entries = memfd_create("entries", MFD_CLOEXEC);
    assert_true(x && job.entries >= 0 && write(job.entries, r->lines.data, r->lines.len) == (ssize_t)r->lines.len);
    assert_int_equal(lseek(job.entries, 0, SEEK_SET), 0);
    assert_int_equal(export_check(&job, x, &err), HZ_OK);
    close(job.entries);
    for (unsigned i = 0; i < x->finding_count; i++) {
        buf_printf(&said, "%s", exported_code_word(x->findings[i].code));
        if (x->findings[i].has_entry)
            buf_printf(&said, "@%u", (unsigned)x->findings[i].entry);
        buf_putc(&said, ' ');
    }
    for (unsigned i = 0; i < x->unknown_count; i++)
        buf_puts(&said, "unknown ");
    buf_printf(&said, "%s%s%s", x->followed ? "followed" : "-", x->may[0] ? " sato" : "", x->may[1] ? " tanaka" : "");
    assert_string_equal(buf_text(&said), expected);
    free(x);
}

#endif
