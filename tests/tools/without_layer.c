/* without_layer LAYER[,LAYER] COMMAND...: runs it as on a kernel without landlock, or without seccomp. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int rc = filter == NULL || argc < 3;

    if (rc == 0 && strstr(argv[1], "landlock") != NULL)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0);
    if (rc == 0 && strstr(argv[1], "seccomp") != NULL)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_GET_SECCOMP));
    if (rc == 0)
        rc = seccomp_load(filter);
    if (rc != 0) {
        fputs("usage: without_layer landlock|seccomp|landlock,seccomp COMMAND...\n", stderr);
        return 2;
    }
    execv(argv[2], argv + 2);
    return 127;
}
