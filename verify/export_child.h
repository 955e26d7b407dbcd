/* export_check in a jailed child. */
#ifndef HZ_VERIFY_EXPORT_CHILD_H
#define HZ_VERIFY_EXPORT_CHILD_H

#include "verify/export_check.h"

/* As export_check, and x->jail. HZ_E_IO when the child died. */
int export_child(const struct export_job *job, struct exported *x, struct hz_error *err);

#endif
