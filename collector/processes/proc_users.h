/* Names of users as /etc/passwd of the host has them (passwd(5)); no name service is asked. */
#ifndef HZ_COLLECTOR_PROC_USERS_H
#define HZ_COLLECTOR_PROC_USERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/run.h"
#include "formats/write/record.h"

#define PROC_USERS_BYTES ((size_t)4 << 20) /* of the file that are looked at */

struct proc_users {
    struct buf text; /* owned; names lie in it */
    struct proc_user {
        uint32_t uid;
        struct w_bytes name;
    } * list; /* owned; ascending by uid, the first line of a uid counts */
    size_t count, room;
};

/* A host without the file, or with other lines in it, has fewer names: no failure. */
int proc_users_read(struct proc_users *out, struct run *run, struct hz_error *err);
void proc_users_free(struct proc_users *u);
/* For tests, too: from the bytes of a passwd file. */
int proc_users_parse(struct proc_users *u, struct hz_error *err);
struct w_bytes proc_users_name(const struct proc_users *u, uint32_t uid); /* data NULL: none */

#endif
