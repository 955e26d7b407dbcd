/* The write log: what changed on the disk, in order, with the bytes. Read by powercut.py. One line each, fields divided
 * by tabs, names in hexadecimal: open INODE PATH        a file was opened to be created write INODE OFFSET BYTES size
 * INODE SIZE sync INODE             fsync or fdatasync, also of a folder syncall rename OLD NEW, link OLD NEW, unlink
 * PATH, mkdir PATH, rmdir PATH said                   the command itself wrote something to standard output */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fault.h"

static void put_hex(const struct fault_log *log, const void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(log->out, "%02x", ((const unsigned char *)bytes)[i]);
}

static bool inside(const struct fault_log *log, const char *path)
{
    size_t n = strlen(log->folder);

    return strncmp(path, log->folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* 0: no regular file or folder below ours. A file that lost its name counts: what is written into it does no harm. */
static unsigned long long inode_of(const struct fault_log *log, pid_t tid, int fd)
{
    char path[FAULT_TEXT], link[64];
    struct stat st;

    fault_fd_path(tid, fd, path);
    snprintf(link, sizeof link, "/proc/%d/fd/%d", tid, fd);
    if (!inside(log, path) || stat(link, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
        return 0;
    return st.st_ino;
}

static unsigned long long position(pid_t tid, int fd)
{
    unsigned long long at = 0;
    char name[64], line[128];

    snprintf(name, sizeof name, "/proc/%d/fdinfo/%d", tid, fd);
    FILE *f = fopen(name, "re");
    if (f == NULL)
        return 0;
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "pos: %llu", &at) == 1)
            break;
    }
    fclose(f);
    return at;
}

static void log_bytes(const struct fault_log *log, pid_t tid, unsigned long long from, unsigned long long inode,
                      unsigned long long offset, unsigned long long len)
{
    unsigned char chunk[4096];

    fprintf(log->out, "write\t%llu\t%llu\t", inode, offset);
    while (len > 0) {
        size_t n = len < sizeof chunk ? len : sizeof chunk;
        if (!fault_read(tid, from, chunk, n))
            break;
        put_hex(log, chunk, n);
        from += n;
        len -= n;
    }
    fputc('\n', log->out);
}

static void log_write(const struct fault_log *log, pid_t tid, const struct user_regs_struct *r, unsigned long long done)
{
    int fd = (int)r->rdi;

    if (fd == 1 && r->orig_rax == SYS_write) {
        fputs(tid == log->main ? "said\n" : "", log->out);
        return;
    }
    unsigned long long inode = inode_of(log, tid, fd);
    if (inode == 0)
        return;
    log_bytes(log, tid, r->rsi, inode, r->orig_rax == SYS_pwrite64 ? r->r10 : position(tid, fd) - done, done);
}

static void at(pid_t tid, unsigned long long fd, unsigned long long name, char path[FAULT_TEXT])
{
    char folder[FAULT_TEXT], text[FAULT_TEXT];

    fault_string(tid, name, text);
    fault_fd_path(tid, (int)fd, folder);
    if (text[0] == '/')
        memcpy(path, text, FAULT_TEXT);
    else
        snprintf(path, FAULT_TEXT, "%.2000s/%.2000s", folder, text);
}

static void log_names(const struct fault_log *log, const char *what, const char *one, const char *two)
{
    if (!inside(log, one))
        return;
    fprintf(log->out, "%s\t", what);
    put_hex(log, one, strlen(one));
    if (two != NULL) {
        fputc('\t', log->out);
        put_hex(log, two, strlen(two));
    }
    fputc('\n', log->out);
}

static void log_two(const struct fault_log *log, pid_t tid, const struct user_regs_struct *r, const char *what,
                    bool with_folders)
{
    char one[FAULT_TEXT], two[FAULT_TEXT];

    at(tid, with_folders ? r->rdi : (unsigned long long)AT_FDCWD, with_folders ? r->rsi : r->rdi, one);
    at(tid, with_folders ? r->rdx : (unsigned long long)AT_FDCWD, with_folders ? r->r10 : r->rsi, two);
    log_names(log, what, one, two);
}

static void log_one(const struct fault_log *log, pid_t tid, const struct user_regs_struct *r, const char *what,
                    bool with_folder)
{
    char one[FAULT_TEXT];

    at(tid, with_folder ? r->rdi : (unsigned long long)AT_FDCWD, with_folder ? r->rsi : r->rdi, one);
    if (r->orig_rax == SYS_unlinkat && (r->rdx & AT_REMOVEDIR) != 0)
        what = "rmdir";
    log_names(log, what, one, NULL);
}

static void log_open(const struct fault_log *log, pid_t tid, unsigned long long flags, int fd)
{
    char path[FAULT_TEXT];
    unsigned long long inode = inode_of(log, tid, fd);

    if (inode == 0 || (flags & (O_CREAT | O_TRUNC)) == 0 || (flags & __O_TMPFILE) == __O_TMPFILE)
        return;
    fault_fd_path(tid, fd, path);
    fprintf(log->out, "open\t%llu\t", inode);
    put_hex(log, path, strlen(path));
    fputc('\n', log->out);
    if ((flags & O_TRUNC) != 0)
        fprintf(log->out, "size\t%llu\t0\n", inode);
}

static void log_size(const struct fault_log *log, pid_t tid, const struct user_regs_struct *r)
{
    unsigned long long inode = inode_of(log, tid, (int)r->rdi);
    struct stat st;
    char link[64];

    snprintf(link, sizeof link, "/proc/%d/fd/%d", tid, (int)r->rdi);
    if (inode != 0 && stat(link, &st) == 0)
        fprintf(log->out, "size\t%llu\t%llu\n", inode, (unsigned long long)st.st_size);
}

static void log_sync(const struct fault_log *log, pid_t tid, const struct user_regs_struct *r)
{
    unsigned long long inode = inode_of(log, tid, (int)r->rdi);
    char path[FAULT_TEXT];

    if (inode == 0)
        return;
    fault_fd_path(tid, (int)r->rdi, path);
    fprintf(log->out, "sync\t%llu\t", inode);
    put_hex(log, path, strlen(path));
    fputc('\n', log->out);
}

void fault_log_call(const struct fault_log *log, const struct fault_call *call, pid_t tid,
                    const struct user_regs_struct *r, long long result)
{
    if (result < 0)
        return;
    switch (call->number) {
    case SYS_write:
    case SYS_pwrite64:
        log_write(log, tid, r, (unsigned long long)result);
        return;
    case SYS_open:
        log_open(log, tid, r->rsi, (int)result);
        return;
    case SYS_openat:
        log_open(log, tid, r->rdx, (int)result);
        return;
    case SYS_ftruncate:
    case SYS_fallocate:
        log_size(log, tid, r);
        return;
    case SYS_fsync:
    case SYS_fdatasync:
        log_sync(log, tid, r);
        return;
    case SYS_syncfs:
        fputs("syncall\n", log->out);
        return;
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
        log_two(log, tid, r, "rename", call->number != SYS_rename);
        return;
    case SYS_link:
    case SYS_linkat:
        log_two(log, tid, r, "link", call->number != SYS_link);
        return;
    case SYS_unlink:
    case SYS_rmdir:
    case SYS_mkdir:
        log_one(log, tid, r, call->name, false);
        return;
    case SYS_unlinkat:
    case SYS_mkdirat:
        log_one(log, tid, r, call->number == SYS_mkdirat ? "mkdir" : "unlink", true);
        return;
    case SYS_openat2: /* only what is evidence is opened so */
        return;
    default: /* one that this log cannot say: powercut.py stops there */
        if (inode_of(log, tid, (int)fault_argument(r, call->fd)) != 0)
            fprintf(log->out, "unknown\t%s\n", call->name);
    }
}
