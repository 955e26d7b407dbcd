#include "verify/spool.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_rw.h"

static const char *folder(void)
{
    const char *where = getenv("TMPDIR");

    return where && where[0] == '/' ? where : "/var/tmp";
}

int spool_open(int *fd, struct hz_error *err)
{
    const char *where = folder();
    HZ_CLEANUP(io_close) int directory = -1;
    int code = io_open_directory(where, &directory, err);

    if (code)
        return code;
    code = io_create_spool(directory, fd, err);
    return code ? hz_error_context(err, "%s", where) : HZ_OK;
}

int spool_write(int fd, uint64_t offset, const void *bytes, size_t len, struct hz_error *err)
{
    int code = io_write_at(fd, offset, bytes, len, err);

    return code ? hz_error_context(err, "%s", folder()) : HZ_OK;
}
