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
#include "custody/interrupt.h"
#include "custody/replay.h"

#define ANSWER_MAX ((size_t)1 << 20)
#define ANSWER_STEP ((size_t)4096)
#define CPU_SECONDS 120  /* of one child; SQLite itself is stopped earlier */
#define WAIT_SECONDS 150 /* for one child, whatever it does */

struct part { /* of a database, in memory that only the child sees */
    unsigned char *bytes;
    size_t size, room;
};

struct job {
    const struct taken *all;
    const struct taken_file *file;
};

/* Private: what is written there reaches no file. file: NULL for one that is not there. */
static bool map_part(const struct taken *all, const struct taken_file *file, size_t more, struct part *out)
{
    size_t size = file != NULL ? (size_t)file->size : 0, room = size + more;
    *out = (struct part) { NULL, size, room };
    if (room == 0)
        return true;
    void *memory = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    if (size > 0 && mmap(memory, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, all->fd,
                         (off_t)file->at) == MAP_FAILED)
        return false;
    out->bytes = memory;
    return true;
}

static bool map_beside(const struct job *job, const char *suffix, struct part *out)
{
    const char *path = job->file->path;
    return map_part(job->all, taken_find(job->all, path, strlen(path), suffix), 0, out);
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
    const struct job *job = argument;
    struct check_answer answer = { .out = write_end };
    struct check_sqlite sqlite;
    struct part main, log, journal;
    struct hz_error err;
    unsigned layers;
    if (!map_beside(job, "-wal", &log) || !map_beside(job, "-journal", &journal) ||
        !map_part(job->all, job->file, log.size + journal.size, &main))
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

/* HZ_E_TIMEOUT: the time is over, or somebody asks for an end. */
static int await_more(int end, int64_t until, struct hz_error *err)
{
    int rc = HZ_E_TIMEOUT;
    while (rc == HZ_E_TIMEOUT && !interrupt_asked() && stamp_boottime().seconds < until)
        rc = child_await(end, 1, err);
    return rc == HZ_E_TIMEOUT ? hz_error_set(err, rc, _("not done in time")) : rc;
}

/* What the child says up to its end: HZ_E_TIMEOUT when that takes too long, HZ_E_LIMIT when it says too much. */
static int read_answer(int end, struct buf *answer, struct hz_error *err)
{
    const int64_t until = stamp_boottime().seconds + WAIT_SECONDS;
    for (size_t got = 1; got > 0;) {
        int rc = await_more(end, until, err);
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

static int ask(struct inspection *i, struct job *job, struct w_inspected_database *d, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf answer = BUF_INIT(ANSWER_MAX);
    HZ_CLEANUP(io_close) int end = -1;
    int status = 0;
    pid_t pid;
    int rc = child_fork(body, job, &pid, &end, err);
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
static bool is_part(const struct taken *all, const struct taken_file *file)
{
    size_t cut = ends(file->path, "-wal") ? 4 : ends(file->path, "-journal") ? 8 : 0;
    return cut > 0 && taken_find(all, file->path, strlen(file->path) - cut, "") != NULL;
}

/* So that nobody takes what a copy without a lock does to a database for damage on the host. */
static void say_unlocked(struct inspection *i, struct w_inspected_database *d)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(2 * INSPECT_TEXT_MAX);
    buf_puts(&text, CHECK_DATABASE_UNLOCKED);
    if (d->detail != NULL)
        buf_printf(&text, ": %s", d->detail);
    d->detail = inspect_keep(i, text.data, text.len);
}

int check_database(struct inspection *i, const struct taken *all, const struct taken_file *file, struct hz_error *err)
{
    struct job job = { all, file };
    if (is_part(all, file))
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
    const char *name = strrchr(file->path, '/');
    bool renamed = strstr(name, "=@") != NULL || strstr(name, "=~") != NULL;
    int rc = renamed ? HZ_OK : ask(i, &job, d, err);
    if (strcmp(d->result, "unchecked") == 0 && d->detail == NULL)
        d->detail = inspect_path(i, renamed ? "its name in the bundle does not tell which log is its own"
                                            : "its check ended early");
    if (file->unlocked)
        say_unlocked(i, d);
    i->record.database_count++;
    return rc == HZ_OK && interrupt_asked() ? hz_error_set(err, HZ_E_TIMEOUT, _("interrupted")) : rc;
}
