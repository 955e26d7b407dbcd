#include "collector/tool.h"

#include <stdio.h>
#include <string.h>

#include "base/child.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/action.h"
#include "collector/take.h"
#include "collector/tool_output.h"
#include "formats/write/name.h"

struct ending {
    bool cut;                    /* we ended it */
    int exit_status;             /* -1: none, because of that or because it never ran */
    enum w_absent_status status; /* of the absent row; only where `why` is given */
    int sys_errno;
    char why[128]; /* "": all is there */
};

static void say(struct ending *e, enum w_absent_status status, const char *why)
{
    e->status = status;
    snprintf(e->why, sizeof e->why, "%s", why);
}

static bool stopped(void *context)
{
    const struct tool_output *output = context;
    return stop_now(output->run) != STOP_NONE;
}

static int run_it(const struct tool *tool, const struct tool_command *command, struct tool_output *output,
                  int *exit_status, struct hz_error *err)
{
    static const char *const environment[] = { "LANG=C", NULL };
    const struct child_spec spec = { .path = tool->path, .argv = command->argv, .envp = environment };
    int64_t ns = output->run->options->command_timeout_ns;
    const struct child_reader reader = {
        .context = output, .put = tool_output_put, .stopped = stopped, .timeout_ms = ns / 1000000 + (ns % 1000000 != 0)
    };
    output->run->tally.started++;
    return child_stream(&spec, &reader, exit_status, err);
}

/* What ended it before its own end. Fails for what is no statement about the evidence. */
static int judge_failure(struct ending *e, struct tool_output *o, const struct hz_error *why, struct hz_error *err)
{
    enum stop_reason stop = stop_now(o->run);
    e->cut = true;
    if (why->code == HZ_E_TIMEOUT && stop == STOP_NONE) {
        say(e, W_TIMEOUT, N_("not done within the command timeout"));
    } else if (why->code == HZ_E_TIMEOUT) {
        say(e, stop_status(stop), stop_text(stop));
    } else if (o->full != NULL) {
        say(e, W_OVER_BUDGET, o->full);
    } else if (why->sys_errno == 0 || absence_is_ours(why->sys_errno)) {
        if (err != NULL)
            *err = *why;
        return why->code;
    } else {
        e->sys_errno = why->sys_errno;
        say(e, absence_status(why->sys_errno), N_("it could not be run"));
    }
    return HZ_OK;
}

static void judge_success(struct ending *e, const struct tool_output *o, const struct tool_command *command)
{
    if (e->exit_status != 0) {
        char text[64];
        snprintf(text, sizeof text, "it ended with exit status %d", e->exit_status);
        say(e, W_UNAVAILABLE, text);
    } else if (o->size == 0 && command->empty != NULL) {
        say(e, W_UNAVAILABLE, command->empty);
    }
}

static int note_absence(struct run *run, const struct tool_command *command, const struct ending *e,
                        struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1000);
    buf_printf(&reason, "%s: %s", command->about, e->why);
    const struct walk_absence row = {
        .status = e->status, .reason = buf_text(&reason), .sys_errno = e->sys_errno, .failure = true
    };
    return row.reason == NULL ? buf_check(&reason, err) : take_absence(run, &row, err);
}

static int note_action(const struct tool *tool, const struct tool_command *command, const struct tool_output *o,
                       const struct ending *e, struct w_action *action, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT((size_t)64 << 10);
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(1000);
    buf_puts(&target, tool->path);
    for (size_t i = 1; command->argv[i] != NULL; i++)
        buf_printf(&target, " %s", command->argv[i]);
    if (e->exit_status >= 0)
        buf_printf(&detail, "exit status %d; ", e->exit_status);
    else
        buf_printf(&detail, "%s; ", e->why);
    buf_printf(&detail, "sha256 %s", tool->sha256);
    action->target = buf_text(&target);
    action->detail = buf_text(&detail);
    action->count = o->size;
    action->failures = e->exit_status != 0;
    if (action->target == NULL || action->detail == NULL)
        return buf_check(action->target == NULL ? &target : &detail, err);
    return action_end(action, o->run->bundle, err);
}

static int store(struct tool_output *o, const struct tool_command *command, const struct ending *e, struct stamp since,
                 struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(W_NAME_PATH_MAX);
    bool nothing = o->size == 0 && e->why[0] != '\0';
    int rc = nothing ? HZ_OK : tool_output_store(o, command->path, since, e->cut ? W_LIMITED : W_COLLECTED, err);
    if (rc != HZ_OK || o->errors.len == 0)
        return rc;
    buf_printf(&path, "%s.stderr", command->path);
    return buf_text(&path) == NULL ? buf_check(&path, err)
                                   : tool_output_store_errors(o, (const char *)path.data, since, err);
}

int tool_take(struct run *run, const struct tool *tool, const struct tool_command *command, struct hz_error *err)
{
    HZ_CLEANUP(tool_output_free) struct tool_output output = { .spool = -1 };
    struct ending e = { .exit_status = -1 };
    struct hz_error why = { .code = HZ_OK };
    struct w_action action;
    if (stop_now(run) != STOP_NONE) {
        say(&e, stop_status(stop_now(run)), stop_text(stop_now(run)));
        return note_absence(run, command, &e, err);
    }
    int rc = tool_output_begin(&output, run, err);
    if (rc != HZ_OK)
        return rc;
    action_begin(&action, "exec", run->source, NULL);
    if (run_it(tool, command, &output, &e.exit_status, &why) == HZ_OK)
        judge_success(&e, &output, command);
    else
        rc = judge_failure(&e, &output, &why, err);
    struct stamp since = action.start.realtime;
    if (rc == HZ_OK)
        rc = note_action(tool, command, &output, &e, &action, err);
    if (rc == HZ_OK)
        rc = store(&output, command, &e, since, err);
    return rc == HZ_OK && e.why[0] != '\0' ? note_absence(run, command, &e, err) : rc;
}
