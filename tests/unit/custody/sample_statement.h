/* A good statement of every type, for tests to change. */
#ifndef HZ_TEST_SAMPLE_STATEMENT_H
#define HZ_TEST_SAMPLE_STATEMENT_H

#include "formats/read/statement.h"
#include "formats/write/statement.h"

#define DIGEST_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DIGEST_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
/* A real key, of which only the public half exists here. */
#define PUBLIC_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
#define KEY "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8"

extern const struct w_person sample_sato, sample_party;
extern const struct w_evidence sample_evidence;

struct sample_text {
    const char *key, *value; /* "T": the time of the statement */
};
#define SAMPLE_TEXTS 6
/* What the type asks for beyond the outer keys, up to a NULL key. */
const struct sample_text *sample_texts(enum r_statement_type type);
struct w_statement sample_statement(enum r_statement_type type);

/* Builds and parses: the code of r_statement_parse. */
int sample_round_trip(const struct w_statement *s, struct r_statement *out, struct hz_error *err);
/* Fails the test unless the reader refuses it. */
void sample_refused(const struct w_statement *s);

#endif
