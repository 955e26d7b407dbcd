#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/io_rw.h"
#include "base/jail.h"
#include "custody/foreign_calls.h"
#include "custody/foreign_part.h"

#define CHUNK ((size_t)256 << 10)
#define MEMORY ((rlim_t)1 << 30)

struct reader {
    int in, out;
    uint64_t at, size; /* of the archive */
    struct foreign_calls call;
    struct archive *archive;
    struct w_digest *digest;
    unsigned char *chunk, *data; /* from the archive; zeros of a hole */
    uint64_t members, bytes, told;
    const char *limit; /* which one was reached */
};

/* --- what libarchive asks for --- */

static la_ssize_t give(struct archive *a, void *context, const void **bytes)
{
    struct reader *r = context;
    size_t got = 0;

    *bytes = r->chunk;
    if (io_read_some(r->in, r->chunk, CHUNK, &got, NULL) != HZ_OK) {
        r->call.archive_set_error(a, EIO, "the file cannot be read");
        return -1;
    }
    r->at += got;
    return (la_ssize_t)got;
}

static la_int64_t jump(struct archive *a, void *context, la_int64_t offset, int whence)
{
    struct reader *r = context;
    int64_t from = whence == SEEK_SET ? 0 : (int64_t)(whence == SEEK_CUR ? r->at : r->size), to;

    if (__builtin_add_overflow(from, offset, &to) || to < 0 || (uint64_t)to > r->size ||
        io_seek(r->in, (uint64_t)to, NULL) != HZ_OK) {
        r->call.archive_set_error(a, EINVAL, "the archive points outside itself");
        return ARCHIVE_FATAL;
    }
    r->at = (uint64_t)to;
    return to;
}

/* --- what the parent is told --- */

static bool send(const struct reader *r, struct foreign_record *record, const char *first, const char *second)
{
    record->text[0] = first != NULL ? (uint32_t)strlen(first) : 0;
    record->text[1] = second != NULL ? (uint32_t)strlen(second) : 0;
    return io_write(r->out, record, sizeof *record, NULL) == HZ_OK &&
           io_write(r->out, first, record->text[0], NULL) == HZ_OK &&
           io_write(r->out, second, record->text[1], NULL) == HZ_OK;
}

static void live(struct reader *r)
{
    struct foreign_record record = { .kind = FOREIGN_LIVES, .size = r->at };

    if (r->bytes - r->told < FOREIGN_ALIVE)
        return;
    r->told = r->bytes;
    (void)send(r, &record, NULL, NULL);
}

static uint32_t type_of(const struct reader *r, struct archive_entry *entry)
{
    if (r->call.archive_entry_hardlink(entry) != NULL)
        return FOREIGN_HARDLINK;
    switch (r->call.archive_entry_filetype(entry)) {
    case AE_IFREG:
        return FOREIGN_FILE;
    case AE_IFDIR:
        return FOREIGN_DIRECTORY;
    case AE_IFLNK:
        return FOREIGN_SYMLINK;
    case AE_IFIFO:
        return FOREIGN_FIFO;
    case AE_IFSOCK:
        return FOREIGN_SOCKET;
    case AE_IFCHR:
        return FOREIGN_CHARACTER;
    case AE_IFBLK:
        return FOREIGN_BLOCK;
    default:
        return FOREIGN_OTHER;
    }
}

/* false: a bound was reached. */
static bool take(struct reader *r, const void *bytes, size_t len)
{
    r->bytes += len;
    live(r);
    if (r->bytes > FOREIGN_BYTES)
        r->limit = "more than a tebibyte is packed in it";
    return r->limit == NULL && w_digest_update(r->digest, bytes, len, NULL) == HZ_OK;
}

/* Holes are zeros, as they are for whoever unpacks it. */
static bool fill(struct reader *r, uint64_t len)
{
    bool good = true;

    memset(r->data, 0, CHUNK);
    for (size_t n; good && len > 0; len -= n) {
        n = len < CHUNK ? (size_t)len : CHUNK;
        good = take(r, r->data, n);
    }
    return good;
}

/* A sparse file may end in a hole: the place of its end is the last that is told. */
static bool read_data(struct reader *r, uint64_t *size)
{
    int rc;

    do {
        const void *bytes = NULL;
        size_t len = 0;
        la_int64_t at = (la_int64_t)*size;
        rc = r->call.archive_read_data_block(r->archive, &bytes, &len, &at);
        if (rc == ARCHIVE_EOF)
            len = 0;
        else if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            return false;
        if (at < 0 || (uint64_t)at < *size || !fill(r, (uint64_t)at - *size) || !take(r, bytes, len))
            return false;
        *size = (uint64_t)at + len;
    } while (rc != ARCHIVE_EOF);
    return true;
}

static void hash(struct reader *r, struct archive_entry *entry, struct foreign_record *record)
{
    uint64_t size = 0;

    if (w_digest_start(r->digest, NULL) == HZ_OK && read_data(r, &size) &&
        w_digest_end(r->digest, record->sha256, NULL) == HZ_OK) {
        record->has |= FOREIGN_HASHED | FOREIGN_SIZED;
        record->size = size;
    } else {
        record->status = r->call.archive_entry_is_encrypted(entry) ? FOREIGN_ENCRYPTED : FOREIGN_UNREADABLE;
    }
}

/* false: a bound was reached, or nobody reads any more. */
static bool list_member(struct reader *r, struct archive_entry *entry)
{
    struct foreign_record record = { .kind = FOREIGN_MEMBER, .type = type_of(r, entry) };
    const char *name = r->call.archive_entry_pathname(entry), *target = r->call.archive_entry_hardlink(entry);

    if (target == NULL)
        target = r->call.archive_entry_symlink(entry);
    if (r->members == FOREIGN_MEMBERS)
        r->limit = "it has more than a million members";
    else if ((name != NULL && strlen(name) > FOREIGN_NAME_MAX) || (target != NULL && strlen(target) > FOREIGN_NAME_MAX))
        r->limit = "the name of a member is longer than 64 KiB";
    if (r->limit != NULL)
        return false;
    r->members++;
    if (r->call.archive_entry_size_is_set(entry) && r->call.archive_entry_size(entry) >= 0) {
        record.has |= FOREIGN_SIZED;
        record.size = (uint64_t)r->call.archive_entry_size(entry);
    }
    if (r->call.archive_entry_mtime_is_set(entry)) {
        long fraction = r->call.archive_entry_mtime_nsec(entry);
        record.has |= FOREIGN_DATED;
        record.seconds = r->call.archive_entry_mtime(entry);
        record.nanoseconds = fraction > 0 && fraction < 1000000000 ? (uint32_t)fraction : 0;
    }
    if (record.type == FOREIGN_FILE || (record.type == FOREIGN_HARDLINK && record.size > 0))
        hash(r, entry, &record);
    return send(r, &record, name, target);
}

static void name_format(const struct reader *r, char out[FOREIGN_FORMAT_MAX])
{
    struct archive *a = r->archive;
    int format = r->call.archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;
    size_t len;

    snprintf(out, FOREIGN_FORMAT_MAX, "%s",
             format == ARCHIVE_FORMAT_TAR   ? "tar"
             : format == ARCHIVE_FORMAT_ZIP ? "zip"
                                            : "7z");
    for (int i = r->call.archive_filter_count(a) - 1; i >= 0; i--)
        if (r->call.archive_filter_code(a, i) != ARCHIVE_FILTER_NONE) {
            len = strlen(out);
            snprintf(out + len, FOREIGN_FORMAT_MAX - len, "+%s", r->call.archive_filter_name(a, i));
        }
}

static int list(struct reader *r)
{
    struct foreign_record end = { .kind = FOREIGN_END, .status = FOREIGN_COMPLETE };
    struct archive *a = r->archive;
    struct archive_entry *entry;
    char format[FOREIGN_FORMAT_MAX] = "";
    const char *detail = NULL;
    int rc = r->call.archive_read_open2(a, r, NULL, give, NULL, NULL);

    if (rc == ARCHIVE_OK)
        while ((rc = r->call.archive_read_next_header(a, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN)
            if (!list_member(r, entry))
                break;
    if (r->call.archive_format(a) == 0 && r->members == 0) {
        end.status = FOREIGN_NONE;
    } else if (r->limit != NULL) {
        end.status = FOREIGN_LIMITED;
        detail = r->limit;
    } else if (rc != ARCHIVE_EOF) {
        end.status = FOREIGN_DAMAGED;
        detail = r->call.archive_error_string(a);
    }
    name_format(r, format);
    return send(r, &end, format, detail) ? 0 : 1;
}

/* --- before the door is shut: everything that wants a file --- */

/* Names in zip and 7z are Unicode. MS-DOS times have no zone; read as UTC they are the same everywhere. */
static bool prepare_text(void)
{
    static const char *const from[] = { "UTF-8", "UTF-16LE", "UTF-16BE" };
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

    if (utf8 == (locale_t)0 || uselocale(utf8) == (locale_t)0 || setenv("TZ", "UTC0", 1) != 0)
        return false;
    tzset();
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++)
        if (iconv_open("UTF-8", from[i]) == (iconv_t)-1) /* stays open: what it loaded is needed later */
            return false;
    return true;
}

/* Formats and filters that need no other program. */
static bool prepare_archive(struct reader *r)
{
    struct archive *a;

    r->call = FOREIGN_LOADED;
    a = r->archive = r->call.archive_read_new();
    return a != NULL && r->call.archive_read_support_format_tar(a) == ARCHIVE_OK &&
           r->call.archive_read_support_format_zip(a) == ARCHIVE_OK &&
           r->call.archive_read_support_format_7zip(a) == ARCHIVE_OK &&
           r->call.archive_read_support_filter_gzip(a) == ARCHIVE_OK &&
           r->call.archive_read_support_filter_bzip2(a) == ARCHIVE_OK &&
           r->call.archive_read_support_filter_xz(a) == ARCHIVE_OK &&
           r->call.archive_read_support_filter_zstd(a) == ARCHIVE_OK &&
           r->call.archive_read_set_seek_callback(a, jump) == ARCHIVE_OK;
}

int foreign_child(void *argument, int write_end)
{
    const struct foreign_job *job = argument;
    struct reader r = { .in = job->fd, .out = write_end, .size = job->size };
    struct foreign_record end = { .kind = FOREIGN_END, .status = FOREIGN_STOPPED };
    unsigned layers;

    r.chunk = malloc(CHUNK);
    r.data = malloc(CHUNK);
    bool ready = r.chunk != NULL && r.data != NULL && prepare_text() && prepare_archive(&r) &&
                 w_digest_new(&r.digest, NULL) == HZ_OK && io_seek(r.in, 0, NULL) == HZ_OK;
    setrlimit(RLIMIT_CPU, &(struct rlimit) { FOREIGN_CPU_SECONDS, FOREIGN_CPU_SECONDS });
#ifndef HOZEN_SANITIZED
    setrlimit(RLIMIT_AS, &(struct rlimit) { MEMORY, MEMORY });
#endif
    child_close_others(r.in, r.out);
    if (!ready || jail_enter(&layers, NULL) != HZ_OK)
        return send(&r, &end, "", "no jail to read it in") ? 0 : 1;
    return list(&r);
}
