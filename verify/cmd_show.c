#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/io_pager.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "verify/commands.h"
#include "verify/report.h"
#include "verify/rows_cut.h"
#include "verify/shown.h"
#include "verify/spool.h"

static void free_work(struct work **w)
{
    work_free(*w);
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

/* What its bytes are not, and why */
static void describe_lack(const struct cli_args *args, const struct shown *s, const struct shown_file *f)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1024 * 1024);

    if (f->cut)
        rows_cut_text(&text, f->limited, f->size, f->real_size);
    if (f->unlocked)
        buf_printf(&text, "%s%s", f->cut ? "; " : "", _("copied without a lock: such a copy can be torn"));
    if (text.len && s->why.len) {
        buf_puts(&text, ": ");
        buf_put(&text, s->why.data, s->why.len);
    }
    if (text.len && buf_text(&text))
        cli_note(args, "%s: %s", f->path, (const char *)text.data);
}

/* What it is that is shown, apart from its bytes */
static void describe(const struct cli_args *args, const struct work *w, const struct shown *s,
                     const struct shown_file *f)
{
    char hex[R_SHA256_HEX], time[STAMP_SIZE];

    if (w->account.result.disclosure)
        cli_note(args, _("%s is a disclosure of one file, not a bundle"), cli_operand(args, 0));
    text_hex(hex, f->sha256, R_SHA256_SIZE);
    cli_note(args, _("%s: %llu bytes, %s, sha256 %s"), f->path, (unsigned long long)f->size, _(f->status), hex);
    describe_lack(args, s, f);
    if (f->stat.known) {
        stamp_format(time, f->stat.mtime);
        cli_note(args, _("on the host: mode %s, owner %lu:%lu, modified %s"), f->stat.mode, (unsigned long)f->stat.uid,
                 (unsigned long)f->stat.gid, time);
    }
    if (!w->policy.use.signers)
        cli_note(args, _("nobody was named whom you trust (--signers): who signed the bundle was not checked"));
}

/* Through a file of its own, so that a pager can go back and forth in it */
static int page(const char *pager, const struct shown *s, const struct shown_file *f, struct hz_error *err)
{
    HZ_CLEANUP(close_file) FILE *stream = NULL;
    int fd = -1, code = spool_open(&fd, err);

    if (code)
        return code;
    stream = fdopen(fd, "w");
    if (!stream) {
        io_close(&fd);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    code = shown_inert(stream, s, f, err);
    if (!code && fflush(stream) != 0)
        code = hz_error_set(err, HZ_E_IO, _("cannot write a temporary file"));
    if (!code)
        code = io_rewind(fd, err);
    return code ? code : io_pager_run(pager, fd, err);
}

static int put(const struct cli_args *args, const struct shown *s, const struct shown_file *f, struct hz_error *err)
{
    const char *pager = cli_out_terminal(stdout) && !cli_flag(args, "no-pager") ? io_pager_command() : NULL;
    int code = HZ_E_NOTFOUND;

    if (cli_flag(args, "raw"))
        return shown_raw(stdout, s, f, err);
    if (pager)
        code = page(pager, s, f, err);
    return code == HZ_E_NOTFOUND ? shown_inert(stdout, s, f, err) : code;
}

static int run(const struct cli_args *args, struct work *w, struct shown *s, struct hz_error *err)
{
    struct reader_listener listener = shown_listener(s);
    struct policy_order order = cmd_order(args);
    const struct shown_file *f;
    int code = work_run(w, &order, &listener, err);

    if (code)
        return cli_fail(args, err);
    if (!work_may_appear(w)) {
        report_findings(stderr, &w->account);
        cli_note(args, _("%s: nothing is shown, since the bundle is not verified"), cli_operand(args, 0));
        return w->verdict.answer == VERDICT_FAILED ? HZ_EXIT_FINDINGS : HZ_EXIT_FAILED;
    }
    code = shown_choose(s, &f, err);
    if (!code) {
        describe(args, w, s, f);
        code = put(args, s, f, err);
    }
    return code ? cli_fail(args, err) : HZ_EXIT_OK;
}

int cmd_show(const struct cli_args *args)
{
    HZ_CLEANUP(shown_free) struct shown s = { .spool = -1 };
    HZ_CLEANUP(free_work) struct work *w = NULL;
    struct hz_error err = { .code = HZ_OK };
    int code = shown_begin(&s, cli_operand(args, 1), &err);

    if (!code && cli_flag(args, "raw") && cli_out_terminal(stdout))
        code = hz_error_set(&err, HZ_E_USAGE,
                            _("--raw writes bytes as they are, which a terminal could take for commands: send them to "
                              "a file or another program"));
    if (!code)
        code = work_new(&w, &err);
    return code ? cli_fail(args, &err) : run(args, w, &s, &err);
}
