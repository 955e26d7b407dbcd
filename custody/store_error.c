#include "custody/store_error.h"

#include <errno.h>

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

int store_errno(const struct store *s)
{
    sqlite3_file *log = NULL;
    int failed = 0;

    if (s->db == NULL || sqlite3_file_control(s->db, "main", SQLITE_FCNTL_LAST_ERRNO, &failed) != SQLITE_OK)
        return 0;
    if (failed == 0 && sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
        log != NULL && log->pMethods != NULL &&
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &failed) != SQLITE_OK)
        failed = 0;
    return failed;
}

static int damaged(const struct store *s, const char *said, struct hz_error *err)
{
    int failed = store_errno(s);

    if (failed != 0)
        return hz_error_sys(err, HZ_E_IO, failed, _("%s: cannot be read"), s->path);
    return hz_error_set(err, HZ_E_FORMAT, _("%s: the file is damaged: %s"), s->path, said);
}

/* Where the ledger, its -wal or its -shm file could not be opened. ENOENT is no reason: it is left from a second
 * attempt to open a file beside the ledger that is not there, for reading this time. */
static int unopened(const struct store *s, const char *said, struct hz_error *err)
{
    int failed = s->db != NULL ? sqlite3_system_errno(s->db) : 0;

    if (failed == EROFS)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: lies where nothing can be written, and this command writes into the ledger; run it "
                              "on a copy, with the -wal file beside it where there is one"),
                            s->path);
    if (failed != 0 && failed != ENOENT)
        return hz_error_sys(err, hz_error_class(failed), failed, _("%s: cannot be opened"), s->path);
    return hz_error_set(err, HZ_E_DENIED, _("%s: cannot be opened: %s"), s->path, said);
}

static bool no_lock(int failed)
{
    return failed == ENOLCK || failed == ENOMEM || failed == EIO;
}

/* To SQLite any lock that fails is one that somebody else holds, until it gives up; errno still has the reason. */
static int unlocked(const struct store *s, int failed, const char *said, struct hz_error *err)
{
    if (no_lock(failed))
        return hz_error_sys(err, hz_error_class(failed), failed, _("%s: cannot be locked"), s->path);
    return hz_error_set(err, HZ_E_IO, "%s: %s", s->path, said);
}

static int failed_call(const struct store *s, int result, const char *said, struct hz_error *err)
{
    bool call = s->db != NULL && (result & 0xff) == SQLITE_IOERR;
    int failed = call ? store_errno(s) : 0;

    if (call && failed == 0)
        failed = sqlite3_system_errno(s->db);
    if (failed != 0)
        return hz_error_sys(err, HZ_E_IO, failed, "%s: %s", s->path, said);
    return hz_error_set(err, HZ_E_IO, "%s: %s", s->path, said);
}

int store_error(const struct store *s, int result, struct hz_error *err)
{
    const int last = errno;
    const char *said = s->db != NULL ? sqlite3_errmsg(s->db) : sqlite3_errstr(result);

    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        if (no_lock(last))
            return unlocked(s, last, said, err);
        return hz_error_set(err, HZ_E_TIMEOUT,
                            _("%s: the ledger is locked by another process; try again when that has ended"), s->path);
    case SQLITE_NOMEM:
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    case SQLITE_READONLY:
        return read_only(s, result, err);
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return hz_error_set(err, HZ_E_DENIED, _("%s: cannot be opened: %s"), s->path, said);
    case SQLITE_CANTOPEN:
        return unopened(s, said, err);
    case SQLITE_PROTOCOL:
        return unlocked(s, last, said, err);
    case SQLITE_NOTADB:
        return hz_error_set(err, HZ_E_FORMAT, _("%s: is not a hozen ledger"), s->path);
    case SQLITE_CORRUPT:
    case SQLITE_TOOBIG:
    case SQLITE_FORMAT:
        return damaged(s, said, err);
    case SQLITE_FULL:
        return hz_error_set(err, HZ_E_IO, _("%s: no space is left; what was being written was taken back"), s->path);
    default:
        return failed_call(s, result, said, err);
    }
}
