#include "custody/store_error.h"

#include "base/lang.h"

static int read_only(const struct store *s, int result, struct hz_error *err)
{
    if (result == SQLITE_READONLY_ROLLBACK)
        return hz_error_set(
            err, HZ_E_DENIED,
            _("%s: has a -journal file beside it that would take changes back, which no command of hozen "
              "leaves there; keep both as they are, and find out who made it"),
            s->path);
    if (result == SQLITE_READONLY_CANTINIT || result == SQLITE_READONLY_RECOVERY || result == SQLITE_READONLY_CANTLOCK)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: has unfinished changes in its -wal file and cannot be written; copy both to a "
                              "folder that can be written"),
                            s->path);
    return hz_error_set(err, HZ_E_DENIED, _("%s: the ledger cannot be written; nothing was recorded"), s->path);
}

int store_error(const struct store *s, int result, struct hz_error *err)
{
    const char *said = s->db != NULL ? sqlite3_errmsg(s->db) : sqlite3_errstr(result);

    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return hz_error_set(err, HZ_E_TIMEOUT,
                            _("%s: the ledger is locked by another process; try again when that has ended"), s->path);
    case SQLITE_NOMEM:
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    case SQLITE_READONLY:
        return read_only(s, result, err);
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
        return hz_error_set(err, HZ_E_DENIED, _("%s: cannot be opened: %s"), s->path, said);
    case SQLITE_NOTADB:
        return hz_error_set(err, HZ_E_FORMAT, _("%s: is not a hozen ledger"), s->path);
    case SQLITE_CORRUPT:
    case SQLITE_TOOBIG:
    case SQLITE_FORMAT:
        return hz_error_set(err, HZ_E_FORMAT, _("%s: the file is damaged: %s"), s->path, said);
    case SQLITE_FULL:
        return hz_error_set(err, HZ_E_IO, _("%s: no space is left; what was being written was taken back"), s->path);
    default:
        return hz_error_set(err, HZ_E_IO, "%s: %s", s->path, said);
    }
}
