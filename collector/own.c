#include "collector/own.h"

#include <assert.h>

#include "base/io_open.h"

int own_add(struct own *own, int fd, struct hz_error *err)
{
    assert(own->count < OWN_MAX);
    int rc = io_statx(fd, &own->files[own->count], err);
    own->count += rc == HZ_OK;
    return rc;
}

bool own_has(const struct own *own, const struct statx *st)
{
    for (size_t i = 0; i < own->count; i++) {
        const struct statx *o = &own->files[i];
        if (o->stx_ino == st->stx_ino && o->stx_dev_major == st->stx_dev_major && o->stx_dev_minor == st->stx_dev_minor)
            return true;
    }
    return false;
}
