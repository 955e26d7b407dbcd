#include "custody/check_database.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/jail.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "custody/check_sqlite.h"
#include "custody/replay.h"

#define FOLDER "data/databases/"
#define ANSWER_MAX ((size_t)1 << 20)
#define ANSWER_STEP ((size_t)4096)
#define CPU_SECONDS 120  /* of one child; SQLite itself is stopped earlier */
#define WAIT_SECONDS 150 /* for one child, whatever it does */

struct part { /* of a database, in memory that only the child sees */
    unsigned char *bytes;
    size_t size, room;
};

struct job {
    const struct inspect_file *file;
};

/* Private: what is written there reaches no file. */
static bool map_part(int fd, size_t size, size_t room, struct part *out)
{
    *out = (struct part) { NULL, size, room };
    if (room == 0)
        return true;
    void *memory = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    if (size > 0 &&
        mmap(memory, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, fd, 0) == MAP_FAILED)
        return false;
    out->bytes = memory;
    return true;
}

static bool map_beside(const struct inspect_file *file, const char *suffix, struct part *out)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(1024);
    HZ_CLEANUP(io_close) int looked = -1;
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored;
    struct statx st;
    int noatime;
    *out = (struct part) { NULL, 0, 0 };
    buf_printf(&name, "%s%s", file->name, suffix);
    if (buf_text(&name) == NULL)
        return false;
    if (io_evidence_look(file->folder, (const char *)name.data, &looked, &ignored) != HZ_OK)
        return true;
    return io_statx(looked, &st, &ignored) == HZ_OK && io_evidence_reopen(looked, &fd, &noatime, &ignored) == HZ_OK &&
           map_part(fd, st.stx_size, st.stx_size, out);
}

static int give_up(struct check_answer *answer, const char *why)
{
    check_sqlite_unchecked(answer, why);
    return check_sqlite_send(answer);
}

/* In the child, in the jail. */
static int check(struct check_answer *answer, struct check_sqlite *sqlite, const struct part *main,
                 const struct part *log, const struct part *journal)
{
    struct replay db = { main->bytes, main->size, main->room };
    if (log->size == 0 && replay_of_several(journal->bytes, journal->size))
        return give_up(answer, "its journal is of a transaction over several databases");
    bool fits = log->size > 0       ? replay_log(&db, log->bytes, log->size)
                : journal->size > 0 ? replay_journal(&db, journal->bytes, journal->size)
                                    : true;
    if (!fits)
        return give_up(answer, "the log or journal beside it does not fit it");
    check_sqlite_run(sqlite, answer, db.bytes, db.size, db.room);
    return check_sqlite_send(answer);
}

static int body(void *argument, int write_end)
{
    const struct inspect_file *file = ((const struct job *)argument)->file;
    struct check_answer answer = { .out = write_end };
    struct check_sqlite sqlite;
    struct part main, log, journal;
    struct hz_error err;
    unsigned layers;
    if (!map_beside(file, "-wal", &log) || !map_beside(file, "-journal", &journal) ||
        !map_part(file->fd, file->size, file->size + log.size + journal.size, &main))
        return give_up(&answer, "no memory for a copy of it");
    setrlimit(RLIMIT_CPU, &(struct rlimit) { CPU_SECONDS, CPU_SECONDS });
    if (!check_sqlite_open(&sqlite))
        return give_up(&answer, "SQLite could not be started");
    child_close_others(write_end, write_end);
    if (jail_enter(&layers, &err) != HZ_OK)
        return give_up(&answer, "no jail to check it in");
    return check(&answer, &sqlite, &main, &log, &journal);
}

/* --- in the parent: what came out of the jail is text, and is read as that --- */

static const char *take_line(const char **at, const char *end, size_t *len)
{
    const char *line = *at, *stop = memchr(line, '\n', (size_t)(end - line));
    if (stop == NULL)
        return NULL;
    *len = (size_t)(stop - line);
    *at = stop + 1;
    return line;
}

static void take_table(struct inspection *i, struct w_inspected_database *d, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    uint64_t rows;
    if (space == NULL || num_parse_u64(line, (size_t)(space - line), UINT64_MAX, &rows) != HZ_OK)
        return;
    const char *name =
        i->table_count == W_INSPECTION_TABLES ? NULL : inspect_keep(i, space + 1, len - (size_t)(space + 1 - line));
    if (name == NULL) {
        d->tables_more++;
        return;
    }
    i->tables[i->table_count++] = (struct w_inspected_table) { name, rows };
    d->table_count++;
}

static void take_answer(struct inspection *i, struct w_inspected_database *d, const struct buf *answer)
{
    static const char *const results[] = { "ok", "damaged", "unchecked" };
    const char *at = (const char *)answer->data, *end = at + answer->len, *line;
    size_t len;
    uint64_t more;
    while (answer->len > 0 && (line = take_line(&at, end, &len)) != NULL) {
        if (len == 0)
            continue;
        for (size_t n = 0; line[0] == 'R' && n < 3; n++)
            if (len - 1 == strlen(results[n]) && memcmp(line + 1, results[n], len - 1) == 0)
                d->result = results[n];
        if (line[0] == 'D' && len > 1)
            d->detail = inspect_keep(i, line + 1, len - 1);
        else if (line[0] == 'T')
            take_table(i, d, line + 1, len - 1);
        else if (line[0] == 'M' && num_parse_u64(line + 1, len - 1, UINT32_MAX, &more) == HZ_OK)
            d->tables_more += more;
    }
}

/* What the child says up to its end: HZ_E_TIMEOUT when that takes too long, HZ_E_LIMIT when it says too much. */
static int read_answer(int end, struct buf *answer, struct hz_error *err)
{
    const int64_t until = stamp_boottime().seconds + WAIT_SECONDS;
    for (size_t got = 1; got > 0;) {
        int64_t left = until - stamp_boottime().seconds;
        int rc = child_await(end, left > 0 ? (unsigned)left : 0, err);
        unsigned char *room = rc == HZ_OK ? buf_grow(answer, ANSWER_STEP) : NULL;
        if (rc == HZ_OK && room == NULL)
            rc = buf_check(answer, err);
        if (rc == HZ_OK)
            rc = io_read_some(end, room, ANSWER_STEP, &got, err);
        if (rc != HZ_OK)
            return rc;
        answer->len -= ANSWER_STEP - got;
    }
    return HZ_OK;
}

static int ask(struct inspection *i, const struct inspect_file *file, struct w_inspected_database *d,
               struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf answer = BUF_INIT(ANSWER_MAX);
    HZ_CLEANUP(io_close) int end = -1;
    struct job job = { file };
    int status = 0;
    pid_t pid;
    int rc = child_fork(body, &job, &pid, &end, err);
    if (rc != HZ_OK)
        return rc;
    int got = read_answer(end, &answer, err);
    if (got != HZ_OK)
        child_kill(pid);
    else
        rc = child_wait(pid, &status, err);
    if (rc != HZ_OK || got == HZ_E_NOMEM)
        return rc != HZ_OK ? rc : got;
    if (got == HZ_OK && status == 0)
        take_answer(i, d, &answer);
    return HZ_OK;
}

static bool ends(const char *path, const char *with)
{
    size_t len = strlen(path), n = strlen(with);
    return len > n && strcmp(path + len - n, with) == 0;
}

/* The log or journal of a database beside it? One that is only called so is a database. */
static bool is_part(const struct inspect_file *file)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(1024);
    HZ_CLEANUP(io_close) int beside = -1;
    struct hz_error ignored;
    size_t cut = ends(file->name, "-wal") ? 4 : ends(file->name, "-journal") ? 8 : 0;
    buf_put(&name, file->name, strlen(file->name) - cut);
    return cut > 0 && buf_text(&name) != NULL &&
           io_evidence_look(file->folder, (const char *)name.data, &beside, &ignored) == HZ_OK;
}

int check_database(struct inspection *i, const struct inspect_file *file, struct hz_error *err)
{
    if (strncmp(file->path, FOLDER, strlen(FOLDER)) != 0 || is_part(file))
        return HZ_OK;
    if (i->record.database_count == W_INSPECTION_DATABASES) {
        i->record.databases_more++;
        return HZ_OK;
    }
    struct w_inspected_database *d = &i->databases[i->record.database_count];
    *d = (struct w_inspected_database) { .path = inspect_path(i, file->path),
                                         .result = "unchecked",
                                         .tables = i->tables + i->table_count };
    if (d->path == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    bool renamed = strstr(file->name, "=@") != NULL || strstr(file->name, "=~") != NULL;
    int rc = renamed ? HZ_OK : ask(i, file, d, err);
    if (strcmp(d->result, "unchecked") == 0 && d->detail == NULL)
        d->detail = inspect_path(i, renamed ? "its name in the bundle does not tell which log is its own"
                                            : "its check ended early");
    i->record.database_count++;
    return rc;
}
