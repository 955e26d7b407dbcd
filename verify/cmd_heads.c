#include <stdio.h>
#include <string.h>

#include "base/heads.h"
#include "base/lang.h"
#include "cli/out.h"
#include "verify/commands.h"
#include "verify/report.h"

struct heads {
    uint64_t told; /* bytes of the file at work */
    bool whole;    /* of which all are wanted */
};

static void free_work(struct work **w)
{
    work_free(*w);
}

/* Whoever asked may be gone. */
static int put(enum heads_kind kind, uint64_t size, const void *bytes, size_t len, struct hz_error *err)
{
    const struct heads_record r = { .kind = kind, .len = (uint32_t)len, .size = size };

    fwrite(&r, sizeof r, 1, stdout);
    fwrite(bytes, 1, len, stdout);
    return ferror(stdout) ? hz_error_set(err, HZ_E_IO, _("cannot write")) : HZ_OK;
}

static bool is_whole(const char *path, size_t len)
{
    return len > strlen(HEADS_WHOLE) && memcmp(path, HEADS_WHOLE, strlen(HEADS_WHOLE)) == 0;
}

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct heads *h = context;

    *h = (struct heads) { .whole = is_whole(path, strlen(path)) };
    return put(HEADS_FILE, size, path, strlen(path), err);
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct heads *h = context;
    size_t wanted = h->told < HEADS_BYTES ? HEADS_BYTES - (size_t)h->told : 0;

    if (h->whole || wanted > len)
        wanted = len;
    h->told += len;
    return wanted > 0 ? put(HEADS_DATA, 0, bytes, wanted, err) : HZ_OK;
}

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    static const char unlocked[] = "unlocked-copy";

    (void)context;
    if (row->kind != READER_FILE || !is_whole(row->path.at, row->path.len) || row->method.len != sizeof unlocked - 1 ||
        memcmp(row->method.at, unlocked, row->method.len) != 0)
        return HZ_OK;
    return put(HEADS_UNLOCKED, 0, row->path.at, row->path.len, err);
}

static int run(const struct cli_args *args, struct work *w, struct hz_error *err)
{
    struct heads h = { 0 };
    struct reader_listener listener = { .context = &h, .file = on_file, .data = on_data, .row = on_row };
    struct policy_order order = cmd_order(args);
    int code = work_run(w, &order, &listener, err);

    if (!code)
        code = put(HEADS_ANSWER, 0, "", 0, err);
    if (!code)
        code = report_json(stdout, &w->account, &w->verdict, err);
    if (code)
        return cli_fail(args, err);
    return work_may_appear(w) ? HZ_EXIT_OK : HZ_EXIT_FAILED;
}

int cmd_heads(const struct cli_args *args)
{
    HZ_CLEANUP(free_work) struct work *w = NULL;
    struct hz_error err = { .code = HZ_OK };
    int code = cli_out_terminal(stdout)
                   ? hz_error_set(&err, HZ_E_USAGE, _("this is for hozen-custody, and not written to a terminal"))
                   : work_new(&w, &err);

    setvbuf(stdout, NULL, _IOFBF, (size_t)1 << 18);
    return code ? cli_fail(args, &err) : run(args, w, &err);
}
