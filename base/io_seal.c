#include "base/io_seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"

#define DEEP 16 /* folders within folders, far more than a copy has */
#define BLOCK 4096

/* What is done to each thing: *ok false stops. */
typedef bool doing(int fd, bool folder);

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        closedir(*listing);
}

static DIR *list(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;

    if (listing == NULL)
        io_close(&fd);
    return listing;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool each(int folder, unsigned depth, bool itself_first, doing *act);

static bool one(int folder, const char *name, unsigned depth, bool itself_first, doing *act)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct stat st;

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (!S_ISREG(st.st_mode) && (!S_ISDIR(st.st_mode) || depth == DEEP))
        return true;
    fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return false;
    if (S_ISDIR(st.st_mode))
        return depth == DEEP || each(fd, depth + 1, itself_first, act);
    return !S_ISREG(st.st_mode) || act(fd, false);
}

/* The folder and all below. errno says why not. */
static bool each(int folder, unsigned depth, bool itself_first, doing *act)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    struct dirent *entry;

    if (itself_first && !act(folder, true))
        return false;
    listing = list(folder);
    if (listing == NULL)
        return false;
    for (errno = 0; (entry = readdir(listing)) != NULL; errno = 0)
        if (!is_dots(entry->d_name) && !one(dirfd(listing), entry->d_name, depth, itself_first, act))
            return false;
    if (errno != 0)
        return false;
    return itself_first || act(folder, true);
}

static bool close_mode(int fd, bool folder)
{
    return fchmod(fd, folder ? 0555 : 0444) == 0;
}

static bool open_mode(int fd, bool folder)
{
    return fchmod(fd, folder ? 0755 : 0644) == 0;
}

static bool set_flag(int fd, bool on)
{
    int flags = 0;

    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
        return false;
    flags = on ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
    return ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
}

static bool flag_on(int fd, bool folder)
{
    (void)folder;
    return set_flag(fd, true);
}

/* Where there is no such flag there is nothing to take away. */
static bool flag_off(int fd, bool folder)
{
    int flags = 0;

    (void)folder;
    return ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0 || (flags & FS_IMMUTABLE_FL) == 0 || set_flag(fd, false);
}

static int cannot_close(struct hz_error *err)
{
    return hz_error_sys(err, hz_error_class(errno), errno, "%s", _("cannot make it read-only"));
}

int io_seal_modes(int folder, struct hz_error *err)
{
    return each(folder, 0, false, close_mode) ? HZ_OK : cannot_close(err);
}

int io_seal_release(int folder, struct hz_error *err)
{
    return each(folder, 0, true, flag_off) && each(folder, 0, true, open_mode)
               ? HZ_OK
               : hz_error_sys(err, hz_error_class(errno), errno, "%s", _("cannot make it writable again"));
}

bool io_seal_immutable(int folder)
{
    if (each(folder, 0, false, flag_on))
        return true;
    (void)each(folder, 0, true, flag_off);
    return false;
}

bool io_seal_is_immutable(int fd)
{
    int flags = 0;

    return ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_IMMUTABLE_FL) != 0;
}

/* One that is there may be overwritten by a new one from now on. */
static void let_go(int folder, const char *name)
{
    HZ_CLEANUP(io_close) int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd >= 0)
        (void)flag_off(fd, false);
}

static int write_whole(int folder, const char *partial, const void *bytes, size_t len, int *fd, struct hz_error *err)
{
    int rc;

    let_go(folder, partial);
    (void)unlinkat(folder, partial, 0); /* of one that was interrupted */
    rc = io_create_new(folder, partial, 0600, fd, err);
    if (rc == HZ_OK)
        rc = io_write(*fd, bytes, len, err);
    if (rc == HZ_OK && fchmod(*fd, 0444) != 0)
        rc = cannot_close(err);
    return rc == HZ_OK ? io_sync(*fd, err) : rc;
}

static int cannot_rename(const char *from, const char *to, struct hz_error *err);

/* What ended an earlier one may have left the folder open: what it shall be is the caller's to know. */
int io_seal_add(int folder, const char *name, const void *bytes, size_t len, bool immutable, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf partial = BUF_INIT(512);
    HZ_CLEANUP(io_close) int fd = -1;
    bool flagged = io_seal_is_immutable(folder);
    int rc;

    buf_printf(&partial, "%s.partial", name);
    if (buf_text(&partial) == NULL)
        return buf_check(&partial, err);
    if (immutable && !flagged && !set_flag(folder, true))
        return cannot_close(err);
    immutable = immutable || flagged;
    if (!flag_off(folder, true) || !open_mode(folder, true))
        return hz_error_sys(err, hz_error_class(errno), errno, "%s", _("cannot make it writable again"));
    rc = write_whole(folder, (const char *)partial.data, bytes, len, &fd, err);
    if (rc == HZ_OK) {
        let_go(folder, name);
        if (renameat(folder, (const char *)partial.data, folder, name) != 0)
            rc = cannot_rename((const char *)partial.data, name, err);
    }
    if (rc == HZ_OK)
        rc = io_sync(folder, err);
    if (!close_mode(folder, true) && rc == HZ_OK)
        rc = cannot_close(err);
    if (immutable && ((fd >= 0 && !set_flag(fd, true)) || !set_flag(folder, true)) && rc == HZ_OK)
        rc = cannot_close(err);
    return rc;
}

bool io_seal_verity(int fd, unsigned char digest[IO_SEAL_DIGEST])
{
    struct fsverity_enable_arg arg = { .version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = BLOCK };
    union {
        struct fsverity_digest head;
        unsigned char room[sizeof(struct fsverity_digest) + IO_SEAL_DIGEST];
    } measured = { .head = { .digest_size = IO_SEAL_DIGEST } };

    if (ioctl(fd, FS_IOC_ENABLE_VERITY, &arg) != 0 && errno != EEXIST)
        return false;
    if (ioctl(fd, FS_IOC_MEASURE_VERITY, &measured) != 0 || measured.head.digest_size != IO_SEAL_DIGEST)
        return false;
    memcpy(digest, measured.room + sizeof(struct fsverity_digest), IO_SEAL_DIGEST);
    return true;
}

/* A busy machine holds pages for a moment longer. */
bool io_seal_forget(int fd)
{
    unsigned char first[BLOCK];

    for (long pause = 2000000; pause <= 16000000; pause *= 2) {
        size_t got = 0;
        if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0 || !io_read_cached(fd, 0, first, sizeof first, &got))
            return false;
        if (got == 0)
            return true;
        nanosleep(&(struct timespec) { 0, pause }, NULL);
    }
    return false;
}

int io_seal_lock(int fd, struct hz_error *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return HZ_OK;
    if (errno == EWOULDBLOCK)
        return hz_error_set(err, HZ_E_DENIED, "%s", _("another process is at work there"));
    return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot lock"));
}

static int cannot_rename(const char *from, const char *to, struct hz_error *err)
{
    return hz_error_sys(err, hz_error_class(errno), errno, _("cannot rename %s to %s"), from, to);
}

/* a is away for a moment; after a crash then the names tell what is what. */
static int exchange_slowly(int directory, const char *a, const char *b, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf aside = BUF_INIT(512);
    const char *away;

    buf_printf(&aside, "%s.old.partial", a);
    away = buf_text(&aside);
    if (away == NULL)
        return buf_check(&aside, err);
    if (renameat(directory, a, directory, away) != 0)
        return cannot_rename(a, away, err);
    if (renameat(directory, b, directory, a) != 0)
        return cannot_rename(b, a, err);
    return renameat(directory, away, directory, b) == 0 ? HZ_OK : cannot_rename(away, b, err);
}

int io_seal_exchange(int directory, const char *a, const char *b, struct hz_error *err)
{
    int rc = HZ_OK;

    if (renameat2(directory, a, directory, b, RENAME_EXCHANGE) != 0) {
        if (errno != EINVAL && errno != ENOSYS)
            return cannot_rename(a, b, err);
        rc = exchange_slowly(directory, a, b, err);
    }
    return rc == HZ_OK ? io_sync(directory, err) : rc;
}

int io_seal_reopen(int directory, const char *name, int *fd, struct hz_error *err)
{
    int opened = openat(directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;

    if (opened < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), name);
    if (fstat(opened, &st) != 0 || !S_ISREG(st.st_mode)) {
        io_close(&opened);
        return hz_error_set(err, HZ_E_FORMAT, _("%s is no regular file"), name);
    }
    if (st.st_nlink != 1) {
        io_close(&opened);
        return hz_error_set(err, HZ_E_DENIED, _("%s has another name somewhere, and is not written to: remove it"),
                            name);
    }
    *fd = opened;
    return HZ_OK;
}

int io_seal_cut(int fd, uint64_t size, struct hz_error *err)
{
    return ftruncate(fd, (off_t)size) == 0 ? HZ_OK
                                           : hz_error_sys(err, hz_error_class(errno), errno, "%s", _("cannot write"));
}
