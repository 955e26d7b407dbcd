/* Logs and journals of SQLite databases, applied to a copy in memory: nothing is written outside it. */
#include "custody/replay.h"
#include "tests/fuzz/fuzz.h"

static struct replay copy_of(struct fuzz_part main, size_t more)
{
    struct replay db = { calloc(1, main.len + more + 1), main.len, main.len + more };
    FUZZ_HOLDS(db.bytes != NULL);
    if (main.len > 0)
        memcpy(db.bytes, main.at, main.len);
    return db;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part rest = { data, size }, main = fuzz_part(&rest);
    struct replay db = copy_of(main, rest.len);

    replay_log(&db, rest.at, rest.len);
    FUZZ_HOLDS(db.size <= db.room && db.bytes[db.room] == 0);
    free(db.bytes);
    db = copy_of(main, rest.len);
    replay_of_several(rest.at, rest.len);
    replay_journal(&db, rest.at, rest.len);
    FUZZ_HOLDS(db.size <= db.room && db.bytes[db.room] == 0);
    free(db.bytes);
    return 0;
}
