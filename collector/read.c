#include "collector/read.h"

#include <errno.h>

#include "base/io_rw.h"
#include "collector/absence.h"

#define WHOLE_CHUNK ((size_t)64 << 10)

/* Our own shortage is an error, all else is said in *sys_errno. */
static int judge(int rc, struct hz_error *why, int *sys_errno, struct hz_error *err)
{
    *sys_errno = 0;
    if (rc == HZ_OK)
        return HZ_OK;
    if (why->code == HZ_E_NOMEM || absence_is_ours(why->sys_errno)) {
        if (err != NULL)
            *err = *why;
        return why->code;
    }
    *sys_errno = why->sys_errno == 0 ? EIO : why->sys_errno;
    return HZ_OK;
}

static int read_once(int fd, struct watch *watch, uint64_t offset, void *bytes, size_t len, struct read_part *out,
                     struct hz_error *err)
{
    struct hz_error why;
    size_t got = 0;
    watch_enter(watch);
    int rc = io_read_at(fd, offset, bytes, len, &got, &why);
    watch_leave(watch);
    bool short_of = rc == HZ_OK && got < len;
    *out = (struct read_part) { .got = got, .ended = short_of };
    return judge(rc, &why, &out->sys_errno, err);
}

/* What cannot be read whole may have readable blocks before the bad one. */
int read_part(int fd, struct watch *watch, uint64_t offset, void *bytes, size_t len, struct read_part *out,
              struct hz_error *err)
{
    unsigned char *p = bytes;
    int rc = read_once(fd, watch, offset, bytes, len, out, err);
    if (rc != HZ_OK || out->sys_errno == 0)
        return rc;
    struct read_part block = { 0 };
    size_t got = 0;
    while (rc == HZ_OK && got < len && !block.ended && block.sys_errno == 0) {
        size_t want = len - got < READ_BLOCK ? len - got : READ_BLOCK;
        rc = read_once(fd, watch, offset + got, p + got, want, &block, err);
        got += block.got;
    }
    *out = (struct read_part) { .got = got, .ended = block.ended, .sys_errno = block.sys_errno };
    return rc;
}

int read_whole(int fd, struct watch *watch, void *bytes, size_t room, struct read_rest *out, struct hz_error *err)
{
    unsigned char *p = bytes;
    *out = (struct read_rest) { 0 };
    for (size_t got = 1; got > 0;) {
        struct hz_error why;
        int failed;
        size_t left = room - out->got;
        if (left == 0) {
            out->full = true;
            return HZ_OK;
        }
        watch_enter(watch);
        int rc = io_read_some(fd, p + out->got, left < WHOLE_CHUNK ? left : WHOLE_CHUNK, &got, &why);
        watch_leave(watch);
        rc = judge(rc, &why, &failed, err);
        if (rc != HZ_OK)
            return rc;
        if (failed != 0) {
            out->limited = out->got > 0;
            out->sys_errno = out->got > 0 ? 0 : failed;
            out->cut_errno = out->got > 0 ? failed : 0;
            return HZ_OK;
        }
        out->got += got;
    }
    return HZ_OK;
}
