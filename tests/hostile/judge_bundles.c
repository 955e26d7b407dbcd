/* judge_bundles [--signers FILE] [--revoked FILE]: what `hozen-verify verify --json` says, for many bundles in one
 * process: a path on each line of the input, an answer on each line of the output, exit code, blank, report. Reader,
 * messages, verdict and report are the program's own; only the jail and the threads are left out. */
#include <stdio.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "verify/report.h"
#include "verify/work.h"

static const struct reader_listener nothing = { .context = NULL };

static void free_work(struct work **w)
{
    work_free(*w);
}

/* The child's messages wait in memory until the parent's side takes them. */
static int read_bundle(int bundle, struct account *account, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int messages = -1;
    struct reader_job job = { .fd = bundle };
    int code = io_create_memory(&messages, err);

    if (!code)
        reader_serve(&job, messages);
    if (!code)
        code = io_rewind(messages, err);
    return code ? code : reader_listen(messages, &nothing, account, err);
}

static int judge(const struct policy_order *order, struct hz_error *err)
{
    HZ_CLEANUP(free_work) struct work *w = NULL;
    HZ_CLEANUP(io_close) int bundle = -1;
    int code = work_new(&w, err);

    if (!code)
        code = io_open_input(order->bundle, &bundle, err);
    if (!code)
        code = policy_load(&w->policy, order, err);
    if (!code)
        code = read_bundle(bundle, &w->account, err);
    if (!code)
        code = verdict_make(&w->account, &w->policy.use, &w->verdict, err);
    if (code)
        return code;
    printf("%d ", verdict_exit(w->verdict.answer));
    return report_json(stdout, &w->account, &w->verdict, err);
}

int main(int argc, char **argv)
{
    struct policy_order order = { .bundle = NULL };
    char path[4096];
    int i;

    for (i = 1; i + 1 < argc; i += 2)
        *(strcmp(argv[i], "--revoked") == 0 ? &order.revoked : &order.signers) = argv[i + 1];
    while (fgets(path, sizeof path, stdin)) {
        struct hz_error err = { .code = HZ_OK };

        path[strcspn(path, "\n")] = '\0';
        order.bundle = path;
        if (judge(&order, &err)) {
            fprintf(stderr, "judge_bundles: %s\n", err.text);
            puts("3 {}");
        }
        fflush(stdout);
    }
    return 0;
}
