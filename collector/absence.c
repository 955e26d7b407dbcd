#include "collector/absence.h"

#include <errno.h>
#include <string.h>

#include "base/lang.h"

enum w_absent_status absence_status(int sys_errno)
{
    switch (sys_errno) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP: /* a symbolic link stands where something else was */
    case ESRCH: /* a process that ended */
        return W_VANISHED;
    case EACCES:
    case EPERM:
        return W_DENIED;
    case EAGAIN:
    case EBUSY:
    case EINVAL:
    case ENAMETOOLONG:
    case ENODEV:
    case ENOSYS: /* base/io_open.c: without a /proc nothing can be reopened */
    case ENXIO:
    case EOPNOTSUPP:
    case ESTALE: /* a server knows it under another handle, or no more: what lies there was not seen */
    case ETXTBSY:
        return W_UNAVAILABLE;
    case ETIMEDOUT:
        return W_TIMEOUT;
    default:
        return W_IO_ERROR;
    }
}

const char *absence_reason(int sys_errno)
{
    const char *text = strerrordesc_np(sys_errno);
    return text == NULL || sys_errno == 0 ? "unknown error" : text;
}

bool absence_is_ours(int sys_errno)
{
    return sys_errno == ENOMEM || sys_errno == EMFILE || sys_errno == ENFILE;
}

const char *absence_name(enum w_absent_status status)
{
    static const char *const names[ABSENCE_STATUSES] = {
        [W_VANISHED] = N_("vanished"),       [W_DENIED] = N_("denied"),     [W_TIMEOUT] = N_("timeout"),
        [W_OVER_BUDGET] = N_("over-budget"), [W_EXCLUDED] = N_("excluded"), [W_UNAVAILABLE] = N_("unavailable"),
        [W_IO_ERROR] = N_("io-error"),
    };
    return names[status];
}
