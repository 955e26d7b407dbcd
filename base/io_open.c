#include "base/io_open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/io_count.h"
#include "base/lang.h"
#include "base/text.h"

static int fail_open(struct hz_error *err, const char *path)
{
    int e = errno;
    return hz_error_sys(err, hz_error_class(e), e, _("cannot open %s"), path);
}

static int check_input(const struct stat *st, const char *path, struct hz_error *err)
{
    if (S_ISDIR(st->st_mode))
        return hz_error_set(err, HZ_E_FORMAT, _("%s is a directory"), path);
    if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
        return hz_error_set(err, HZ_E_FORMAT, _("%s is neither a file nor a pipe"), path);
    return HZ_OK;
}

int io_open_input(const char *path, int *fd, struct hz_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return fail_open(err, path);
    int rc = check_input(&st, path, err); /* before opening: opening a device can act on it */
    if (rc != HZ_OK)
        return rc;
    int opened = io_count_opened(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (opened < 0 || fstat(opened, &st) != 0) {
        rc = fail_open(err, path);
        io_close(&opened);
        return rc;
    }
    rc = check_input(&st, path, err);
    if (rc != HZ_OK)
        io_close(&opened);
    else
        *fd = opened;
    return rc;
}

static bool is_refusal(int e)
{
    static const int refusals[] = { EACCES, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM, ENOSPC, EPERM, EROFS };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (e == refusals[i])
            return true;
    }
    return false;
}

int io_open_again(const char *path, int flags, int mode)
{
    const int before = errno;
    int fd = open(path, flags, (mode_t)mode);
    if (fd < 0 && errno == ENOENT && (flags & (O_ACCMODE | O_CREAT)) == O_RDONLY && is_refusal(before))
        errno = before;
    return fd;
}

bool io_is_regular(int directory, const char *name)
{
    struct stat st;
    return fstatat(directory, name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

int io_find_regular(int directory, const char *name, const char *shown, bool *there, struct hz_error *err)
{
    struct stat st;

    *there = false;
    if (fstatat(directory, name, &st, 0) == 0)
        *there = S_ISREG(st.st_mode);
    else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP && errno != ENAMETOOLONG)
        return hz_error_sys(err, hz_error_class(errno), errno, "%s", shown);
    return HZ_OK;
}

int io_open_directory(const char *path, int *fd, struct hz_error *err)
{
    int opened = io_count_opened(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened < 0)
        return fail_open(err, path);
    *fd = opened;
    return HZ_OK;
}

int io_create_new(int directory, const char *name, mode_t mode, int *fd, struct hz_error *err)
{
    int opened = io_count_created(openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (opened < 0) {
        int e = errno;
        return hz_error_sys(err, hz_error_class(e), e, _("cannot create %s"), name);
    }
    *fd = opened;
    return HZ_OK;
}

/* For file systems without O_TMPFILE: a random name that is removed at once. */
static int create_unlinked(int directory, int *fd, struct hz_error *err)
{
    unsigned char random[16];
    char digits[2 * sizeof random + 1], name[64];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot get random bytes"));
    text_hex(digits, random, sizeof random);
    snprintf(name, sizeof name, ".hozen-%s", digits);
    int rc = io_create_new(directory, name, 0600, fd, err);
    if (rc == HZ_OK && unlinkat(directory, name, 0) != 0) {
        rc = hz_error_sys(err, HZ_E_IO, errno, _("cannot remove %s"), name);
        io_close(fd);
    }
    return rc;
}

int io_create_spool(int directory, int *fd, struct hz_error *err)
{
    int opened = io_count_created(openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (opened >= 0) {
        *fd = opened;
        return HZ_OK;
    }
    if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)
        return create_unlinked(directory, fd, err);
    int e = errno;
    return hz_error_sys(err, hz_error_class(e), e, "%s", _("cannot create a temporary file in the output directory"));
}

int io_create_memory(int *fd, struct hz_error *err)
{
    int opened = memfd_create("hozen", MFD_CLOEXEC);
    if (opened < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, "%s", _("cannot create a temporary file in memory"));
    *fd = opened;
    return HZ_OK;
}

int io_make_directory(int directory, const char *name, mode_t mode, struct hz_error *err)
{
    if (mkdirat(directory, name, mode) == 0)
        return HZ_OK;
    int e = errno;
    return hz_error_sys(err, hz_error_class(e), e, _("cannot create the directory %s"), name);
}

static int check_component(const char *name, struct hz_error *err)
{
    if (name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return hz_error_set(err, HZ_E_FORMAT, _("\"%s\" is not one name"), name);
    return HZ_OK;
}

int io_enter_directory(int directory, const char *name, mode_t mode, int *fd, struct hz_error *err)
{
    int rc = check_component(name, err);
    if (rc != HZ_OK)
        return rc;
    if (mkdirat(directory, name, mode) != 0 && errno != EEXIST) {
        int e = errno;
        return hz_error_sys(err, hz_error_class(e), e, _("cannot create the directory %s"), name);
    }
    int opened = io_count_opened(openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (opened < 0)
        return fail_open(err, name);
    *fd = opened;
    return HZ_OK;
}

void io_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int io_evidence_look(int directory, const char *component, int *fd, struct hz_error *err)
{
    int rc = check_component(component, err);
    if (rc != HZ_OK)
        return rc;
    int opened = io_count_opened(openat(directory, component, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (opened < 0)
        return fail_open(err, component);
    *fd = opened;
    return HZ_OK;
}

int io_evidence_open(int directory, const char *component, int *fd, struct hz_error *err)
{
    static const struct open_how how = { .flags = O_RDONLY | O_NOATIME | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW,
                                         .resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS };
    int rc = check_component(component, err);
    if (rc != HZ_OK)
        return rc;
    int opened = io_count_opened((int)syscall(SYS_openat2, directory, component, &how, sizeof how));
    if (opened < 0)
        return fail_open(err, component);
    *fd = opened;
    return HZ_OK;
}

/* Where /proc is missing or something else was put in its place, the magic link leads nowhere, or elsewhere. */
static int check_reopened(int path_fd, int opened)
{
    struct stat asked, got;
    if (opened < 0)
        return errno == ENOENT && access("/proc/self/fd", F_OK) != 0 ? ENOSYS : errno;
    if (fstat(path_fd, &asked) != 0 || fstat(opened, &got) != 0)
        return errno;
    return asked.st_dev == got.st_dev && asked.st_ino == got.st_ino ? 0 : ENOSYS;
}

/* Reopens what an O_PATH descriptor stands for; its own name may mean something else by now. */
static int reopen(int path_fd, int flags, int *fd, int *noatime, struct hz_error *err)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", path_fd);
    flags |= O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int kept = 1;
    int opened = io_count_opened(open(link, flags | O_NOATIME));
    if (opened < 0 && errno == EPERM) {
        kept = 0;
        opened = io_count_opened(open(link, flags));
    }
    int e = check_reopened(path_fd, opened);
    if (e != 0) {
        io_close(&opened);
        return hz_error_sys(err, hz_error_class(e), e, "%s", _("cannot open for reading"));
    }
    *fd = opened;
    *noatime = kept;
    return HZ_OK;
}

int io_evidence_reopen(int path_fd, int *fd, int *noatime, struct hz_error *err)
{
    struct stat st;
    if (fstat(path_fd, &st) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot examine"));
    if (!S_ISREG(st.st_mode))
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("not a regular file"));
    return reopen(path_fd, 0, fd, noatime, err);
}

int io_evidence_directory(int path_fd, int *fd, int *noatime, struct hz_error *err)
{
    return reopen(path_fd, O_DIRECTORY, fd, noatime, err);
}

static int examine(int fd, int flags, struct statx *out, struct hz_error *err)
{
    struct statx st;
    if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT | flags, STATX_BASIC_STATS | STATX_BTIME, &st) != 0)
        return hz_error_sys(err, hz_error_class(errno), errno, "%s", _("cannot examine"));
    *out = st;
    return HZ_OK;
}

int io_statx(int fd, struct statx *out, struct hz_error *err)
{
    return examine(fd, 0, out, err);
}

int io_statx_known(int fd, struct statx *out, struct hz_error *err)
{
    return examine(fd, AT_STATX_DONT_SYNC, out, err);
}

int io_evidence_readlink(int path_fd, char **target, size_t *len, struct hz_error *err)
{
    for (size_t room = 256; room <= (size_t)1 << 20; room *= 2) {
        char *text = malloc(room);
        if (text == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        ssize_t n = readlinkat(path_fd, "", text, room);
        if (n >= 0 && (size_t)n < room) {
            text[n] = '\0';
            *target = text;
            *len = (size_t)n;
            return HZ_OK;
        }
        int e = errno;
        free(text);
        if (n < 0)
            return hz_error_sys(err, hz_error_class(e), e, "%s", _("cannot read the symbolic link"));
    }
    return hz_error_set(err, HZ_E_LIMIT, _("the symbolic link's target is longer than 1 MiB"));
}
