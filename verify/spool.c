#include "verify/spool.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/io_open.h"

int spool_open(int *fd, struct hz_error *err)
{
    const char *where = getenv("TMPDIR");
    HZ_CLEANUP(io_close) int directory = -1;
    int code;

    if (!where || where[0] != '/')
        where = "/var/tmp";
    code = io_open_directory(where, &directory, err);
    if (code)
        return code;
    code = io_create_spool(directory, fd, err);
    return code ? hz_error_context(err, "%s", where) : HZ_OK;
}
