/* Several persons' signatures over one statement, and the file by which it travels until all of them have signed
 * (formats/spec/ledger.md section 5). */
#ifndef HZ_CUSTODY_COSIGN_H
#define HZ_CUSTODY_COSIGN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/actor.h"
#include "formats/read/statement.h"
#include "formats/write/entry.h"

struct cosign {
    struct buf statement;
    struct cosign_by {
        char keyid[R_SHA256_HEX], key[R_LEDGER_FINGERPRINT];
        struct buf armour;
    } by[W_ENTRY_SIGNATURES]; /* by ascending keyid */
    size_t count;
};

void cosign_free(struct cosign *c); /* legal on a zeroed struct */
/* Builds the statement. HZ_E_FORMAT: it is not one that the ledger's grammar allows, which the message says. */
int cosign_begin(struct cosign *c, const struct w_statement *statement, struct r_statement *parsed,
                 struct hz_error *err);
/* Adds the person's signature. HZ_E_DENIED: they signed already, or four others did. */
int cosign_add(struct cosign *c, const struct actor *actor, struct hz_error *err);
/* true when the key of this fingerprint has signed. */
bool cosign_has(const struct cosign *c, const char *key);
/* Points into c. */
struct w_signed cosign_content(const struct cosign *c);

/* Writes the file (hozen-signing/1); it must not exist. */
int cosign_write(const struct cosign *c, const char *path, struct hz_error *err);
/* true when a file calls itself one. */
bool cosign_is(const char *path);
/* Reads one, with every signature checked. HZ_E_FORMAT: it is none; HZ_E_INVALID: a signature does not hold. */
int cosign_read(struct cosign *c, const char *path, struct r_statement *parsed, struct hz_error *err);

#endif
