/* May the kernel be asked about this? Asking for what is not there makes it load a module, or make a table. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_GATE_H
#define HZ_COLLECTOR_FIREWALL_FW_GATE_H

#include <stdbool.h>

#include "base/error.h"
#include "collector/run.h"

struct fw_gate {
    bool nf_tables, ip_set;
    bool ebtables[3]; /* broute, filter, nat: the module of the table is there */
    bool templates;   /* kernel 5.15 or later: the module alone does not make the table in a namespace */
};

/* Main thread. Is the module loaded (/proc/modules, /sys/module), built in (modules.builtin of the running kernel), or
 * is this a kernel that loads none? When in doubt: false. */
int fw_gate_find(struct run *run, struct fw_gate *out, struct hz_error *err);

#endif
