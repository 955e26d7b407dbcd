#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd.h"
#include "custody/timestamp_offline.h"

struct kept { /* one token */
    struct r_timestamp token;
    char *file; /* owned */
};

struct work {
    struct timestamp_targets targets;
    struct r_timestamp_roots *roots;
    struct kept kept[SIDECAR_MAX]; /* as many as there are targets */
    size_t count;
};

static void release(struct work *w)
{
    timestamp_free(&w->targets);
    r_timestamp_roots_free(w->roots);
    for (size_t i = 0; i < w->count; i++)
        free(w->kept[i].file);
}

static int keep(struct work *w, const struct timestamp_target *target, const struct buf *answer,
                const struct r_timestamp *token, struct hz_error *err)
{
    struct kept *k = &w->kept[w->count];
    int rc = timestamp_keep(target, answer, &k->file, err);

    if (rc != HZ_OK)
        return rc;
    k->token = *token;
    w->count++;
    return HZ_OK;
}

/* A clock that is off makes records that contradict the token; better now than in court. */
static void compare_clock(const struct cli_args *args, const struct r_timestamp *token)
{
    int64_t off = stamp_now().seconds - token->time.seconds;

    if (off > R_TIMESTAMP_TOLERANCE || off < -R_TIMESTAMP_TOLERANCE)
        cli_note(args,
                 off > 0 ? _("the clock of this machine is %lld seconds ahead of the authority's")
                         : _("the clock of this machine is %lld seconds behind the authority's"),
                 (long long)(off > 0 ? off : -off));
}

static int ask(const struct cli_args *args, struct work *w, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < w->targets.count; i++) {
        HZ_CLEANUP(buf_free) struct buf answer = BUF_INIT(R_TIMESTAMP_MAX);
        struct r_timestamp token;

        rc = timestamp_ask(&w->targets.list[i], cli_value(args, "authority"), w->roots, &answer, &token, err);
        if (rc == HZ_OK)
            rc = keep(w, &w->targets.list[i], &answer, &token, err);
        if (rc == HZ_OK && i == 0)
            compare_clock(args, &token);
    }
    return rc;
}

static int take(const struct cli_args *args, struct work *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf answer = BUF_INIT(R_TIMESTAMP_MAX);
    const struct timestamp_target *target = &w->targets.list[0];
    struct r_timestamp token;
    int rc = timestamp_offline_take(target, cli_value(args, "response"), cli_value(args, "query"), w->roots, &answer,
                                    &token, err);

    return rc == HZ_OK ? keep(w, target, &answer, &token, err) : rc;
}

static int print_json(const struct cli_args *args, const struct work *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);
    struct json_out j;
    char time[STAMP_SIZE];
    int rc;

    json_init(&j, &line);
    json_object(&j);
    if (w->count == 0)
        cmd_json_path(&j, "query", cli_value(args, "query"));
    json_member_string(&j, "schema", "hozen-timestamp/1");
    json_key(&j, "timestamps");
    json_array(&j);
    for (size_t i = 0; i < w->count; i++) {
        const struct r_timestamp *t = &w->kept[i].token;
        stamp_format(time, t->time);
        json_object(&j);
        json_member_string(&j, "authority", t->authority[0] != '\0' ? t->authority : NULL);
        cmd_json_path(&j, "covers", w->targets.list[i].base);
        cmd_json_path(&j, "file", w->kept[i].file);
        json_member_string(&j, "status", r_timestamp_word(t->status));
        json_member_string(&j, "time", time);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    rc = json_check(&j, err);
    if (rc == HZ_OK)
        cli_out_line(stdout, &line);
    return rc;
}

static void print_text(const struct cli_args *args, const struct work *w)
{
    char time[STAMP_SIZE];

    if (w->count == 0)
        cli_out_field(stdout, CLI_OUT_LABELS, _("query"), cli_value(args, "query"));
    for (size_t i = 0; i < w->count; i++) {
        const struct r_timestamp *t = &w->kept[i].token;
        stamp_format(time, t->time);
        cli_out_field(stdout, CLI_OUT_LABELS, _("time stamp"), w->kept[i].file);
        cli_out_field(stdout, CLI_OUT_LABELS, _("stamped"), time);
        cli_out_field(stdout, CLI_OUT_LABELS, _("authority"), t->authority[0] != '\0' ? t->authority : NULL);
        cli_out_field(stdout, CLI_OUT_LABELS, _("proof"),
                      t->status == R_TIMESTAMP_PROVEN
                          ? _("proven")
                          : _("not proven; give the authority's certificates with --roots"));
    }
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(release) struct work w = { 0 };
    const char *file = cli_operand(args, 0);
    int rc = timestamp_roots(cli_value(args, "roots"), &w.roots, err);

    if (rc == HZ_OK)
        rc = timestamp_find(&w.targets, file, err);
    if (rc == HZ_OK && w.targets.count > 1 && cli_value(args, "authority") == NULL)
        rc = cli_usage(args->command, err, _("%s has %zu signatures: name the file of one of them"), file,
                       w.targets.count);
    if (rc == HZ_OK && cli_value(args, "authority") != NULL)
        rc = ask(args, &w, err);
    else if (rc == HZ_OK && cli_value(args, "response") != NULL)
        rc = take(args, &w, err);
    else if (rc == HZ_OK)
        rc = timestamp_offline_ask(&w.targets.list[0], cli_value(args, "query"), err);
    if (rc == HZ_OK && cli_flag(args, "json"))
        return print_json(args, &w, err);
    if (rc == HZ_OK)
        print_text(args, &w);
    return rc;
}

int cmd_timestamp(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    cli_note_sandbox(args);
    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
