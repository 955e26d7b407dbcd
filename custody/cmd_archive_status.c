#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_aging.h"
#include "custody/archive_reseal.h"
#include "custody/archive_want.h"
#include "custody/cmd_archive.h"
#include "custody/describe.h"
#include "custody/project_policy.h"

#define ANSWER_MAX ((size_t)256 << 20)

struct status {
    const struct cli_args *args;
    struct store *store;
    struct head head;
    struct r_policy policy;
    struct archive_held held;
    struct cmd_archive_targets targets;
    bool *there;  /* of each copy held */
    char **names; /* owned: "<item>.<copy>" of the copies in the target that is listed, ascending */
    size_t name_count;
    bool missing, unreachable; /* what the exit code says */
    struct buf line;
    struct json_out j;
    bool json, unfinished; /* which of the two lists of folders is made */
};

static void free_names(struct status *s)
{
    for (size_t i = 0; i < s->name_count; i++)
        free(s->names[i]);
    free(s->names);
    s->names = NULL;
    s->name_count = 0;
}

static void status_free(struct status *s)
{
    free_names(s);
    free(s->there);
    archive_held_free(&s->held);
    cmd_archive_targets_free(&s->targets);
    r_policy_free(&s->policy);
    store_close(s->store);
    buf_free(&s->line);
}

static int open_all(struct status *s, struct hz_error *err)
{
    const char *item = cli_operand(s->args, 0);
    HZ_CLEANUP(item_free) struct item known = { 0 };
    bool found;
    int rc = store_open(&s->store, cli_value(s->args, "ledger"), STORE_READ, err);

    if (rc == HZ_OK)
        rc = store_snapshot(s->store, err);
    if (rc == HZ_OK)
        rc = append_head(s->store, &s->head, err);
    if (rc == HZ_OK && item != NULL)
        rc = item_get(s->store, item, &known, err);
    if (rc == HZ_OK)
        rc = project_policy_get(s->store, &s->policy, &found, err);
    if (rc == HZ_OK)
        rc = archive_held_load(&s->held, s->store, item, err);
    if (rc != HZ_OK)
        return rc;
    s->there = calloc(s->held.count + 1, sizeof *s->there);
    return s->there != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

static void json_ends(struct json_out *j, struct stamp ends)
{
    char time[STAMP_SIZE];

    stamp_format(time, ends);
    json_member_string(j, "proof_ends", ends.seconds != 0 ? time : NULL);
}

/* Of a copy: what is asked for now. */
struct asked {
    bool check, renew;
};

static void json_copy(struct status *s, const struct archive_copy *c, const char *found, struct asked due, bool sealed)
{
    struct json_out *j = &s->j;

    json_object(j);
    json_member_string(j, "beside", c->beside_failed ? "altered" : NULL);
    json_member_string(j, "case", c->case_id);
    json_member_string(j, "checked", c->checked_text);
    json_member_string(j, "copy", c->copy);
    json_member_bool(j, "due", due.check);
    json_member_string(j, "file", c->file);
    json_member_string(j, "found", found);
    json_member_string(j, "integrity", c->integrity);
    json_member_string(j, "item", c->item);
    json_member_string(j, "medium", c->medium);
    json_member_string(j, "place", c->place);
    json_ends(j, c->proof_ends);
    json_member_bool(j, "renew", due.renew);
    json_member_string(j, "rest", c->file != NULL && c->rest_count == 0 ? "unrecorded" : NULL);
    json_member_bool(j, "sealed", sealed);
    json_member_string(j, "target", c->target);
    json_object_end(j);
}

static const char *found_word(const char *found)
{
    return strcmp(found, "there") == 0 ? _("there") : strcmp(found, "missing") == 0 ? _("missing") : _("not reached");
}

static int print_copy(const struct archive_copy *c, const char *found, struct asked due, bool sealed,
                      struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(65536);

    buf_printf(&text, "%s: %s", c->copy, found_word(found));
    if (strcmp(found, "missing") != 0 || !text_equal(c->integrity, "altered")) /* of one that is gone that is all */
        buf_printf(&text, "; %s", describe_word(c->integrity));
    if (c->beside_failed)
        buf_printf(&text, "; %s", _("what lies beside it is not as it was"));
    if (c->file != NULL && c->rest_count == 0)
        buf_printf(&text, "; %s", _("export, texts and recovery data: not recorded"));
    if (due.check)
        buf_printf(&text, "; %s", _("due for a check"));
    if (due.renew)
        buf_printf(&text, "; %s",
                   _("its proof of time is to be renewed: hozen archive renew --authority URL --roots PEM"));
    if (strcmp(found, "there") == 0 && !sealed)
        buf_printf(&text, "; %s", archive_reseal_text(c));
    buf_printf(&text, "; %s %s", _("checked"), c->checked_text);
    if (c->target != NULL)
        buf_printf(&text, "; %s/%s", c->target, c->file);
    if (buf_check(&text, err) != HZ_OK)
        return err->code;
    cli_out_wrapped(stdout, CLI_OUT_LABELS, c->item, (const char *)text.data, text.len);
    return HZ_OK;
}

static int look(struct status *s, size_t i, struct hz_error *err)
{
    const struct archive_copy *c = &s->held.list[i];
    const struct r_policy_archive *policy = r_policy_archive_of(&s->policy, c->case_id);
    const struct asked due = { archive_held_due(c, policy, stamp_now()), archive_aging_due(c, policy, stamp_now()) };
    struct cmd_archive_reached *reached = NULL;
    struct archive_found file = { 0 };
    const char *found = "unreachable";
    bool sealed;
    int rc = cmd_archive_target(&s->targets, s->args, c, &reached, err);

    if (rc != HZ_OK)
        return rc;
    if (reached->there) {
        rc = reached->target.kind->look(&reached->target, c->file, c->version, &file, err);
        if (rc != HZ_OK && rc != HZ_E_NOTFOUND)
            cli_message(s->args->command->program, "%s", err->text);
        if (rc == HZ_OK || archive_is_other(err))
            found = rc == HZ_OK ? "there" : "missing";
        s->there[i] = rc == HZ_OK;
    }
    s->unreachable = s->unreachable || strcmp(found, "unreachable") == 0;
    sealed = s->there[i] && archive_held_sealed(c, &file);
    s->missing = s->missing || strcmp(found, "missing") == 0 || (s->there[i] && !sealed) ||
                 text_equal(c->integrity, "altered") || c->beside_failed || due.renew;
    if (!s->json)
        return print_copy(c, found, due, sealed, err);
    json_copy(s, c, found, due, sealed);
    return HZ_OK;
}

static int tell_lack(void *context, const struct archive_lack *l, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(65536);
    struct status *s = context;

    s->missing = true;
    if (s->json) {
        json_object(&s->j);
        if (l->target == NULL)
            json_member_decimal(&s->j, "has", l->has);
        json_member_string(&s->j, "item", l->item);
        json_member_string(&s->j, "target", l->target);
        if (l->target == NULL)
            json_member_decimal(&s->j, "wanted", l->wanted);
        json_member_string(&s->j, "what", l->what);
        json_object_end(&s->j);
        return HZ_OK;
    }
    if (l->target != NULL)
        buf_printf(&text, _("the policy asks for a copy in %s; there is none"), l->target);
    else if (strcmp(l->what, "copies") == 0)
        buf_printf(&text, _("the policy asks for %" PRIu64 " copies; %" PRIu64 " good ones are there"), l->wanted,
                   l->has);
    else
        buf_printf(&text, _("the policy asks for %" PRIu64 " kinds of media; there are %" PRIu64), l->wanted, l->has);
    if (buf_check(&text, err) != HZ_OK)
        return err->code;
    cli_out_wrapped(stdout, CLI_OUT_LABELS, l->item, (const char *)text.data, text.len);
    return HZ_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folders that the ledger expects in this target. */
static int expect(struct status *s, const struct cmd_archive_reached *r, struct hz_error *err)
{
    int rc = HZ_OK;

    free_names(s);
    s->names = calloc(s->held.count + 1, sizeof *s->names);
    if (s->names == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; rc == HZ_OK && i < s->held.count; i++) {
        HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(512);
        const struct archive_copy *c = &s->held.list[i];
        if (!text_equal(c->volume, r->volume) && !text_equal(c->target, r->url))
            continue;
        rc = archive_name(c->item, c->copy, &name, err);
        s->names[s->name_count] = rc == HZ_OK ? text_copy((const char *)name.data) : NULL;
        if (s->names[s->name_count] == NULL)
            return rc != HZ_OK ? rc : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        s->name_count++;
    }
    qsort(s->names, s->name_count, sizeof *s->names, by_name);
    return rc;
}

static int each_name(void *context, const char *name, struct hz_error *err)
{
    struct status *s = context;
    bool partial = cmd_archive_unfinished(name);

    (void)err;
    if (partial != s->unfinished ||
        (!partial && bsearch(&name, s->names, s->name_count, sizeof *s->names, by_name) != NULL))
        return HZ_OK;
    if (s->json) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(65536);
        if (text_to_utf8(&text, name, strlen(name)) != HZ_OK)
            return buf_check(&text, err);
        json_string_n(&s->j, text.data, text.len);
    } else {
        cli_out_wrapped(stdout, CLI_OUT_LABELS, partial ? _("unfinished") : _("not in ledger"), name, strlen(name));
    }
    return HZ_OK;
}

static int list(struct status *s, bool unfinished, struct hz_error *err)
{
    int rc = HZ_OK;

    s->unfinished = unfinished;
    for (size_t i = 0; rc == HZ_OK && cli_operand(s->args, 0) == NULL && i < s->targets.count; i++) {
        struct cmd_archive_reached *r = &s->targets.list[i];
        if (!r->there)
            continue;
        rc = expect(s, r, err);
        if (rc == HZ_OK)
            rc = r->target.kind->list(&r->target, each_name, s, err);
    }
    return rc;
}

/* The nearest one. */
static void print_ends(struct stamp ends)
{
    char time[STAMP_SIZE];

    stamp_format(time, ends);
    cli_out_field(stdout, CLI_OUT_LABELS, _("renew before"), ends.seconds != 0 ? time : NULL);
}

/* Each part is an array of the answer; as text they follow one another. */
static void part(struct status *s, const char *key)
{
    if (key == NULL) {
        json_array_end(&s->j);
        return;
    }
    json_key(&s->j, key);
    json_array(&s->j);
}

static int answer(struct status *s, struct hz_error *err)
{
    struct archive_want want = { .store = s->store,
                                 .policy = &s->policy,
                                 .held = &s->held,
                                 .there = s->there,
                                 .item = cli_operand(s->args, 0),
                                 .tell = tell_lack,
                                 .context = s };
    const struct archive_aging aging = archive_aging(&s->held, &s->policy, stamp_now());
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    int rc = HZ_OK;

    buf_init(&s->line, ANSWER_MAX);
    json_init(&s->j, &s->line);
    json_object(&s->j);
    part(s, "copies");
    for (size_t i = 0; rc == HZ_OK && i < s->held.count; i++)
        rc = look(s, i, err);
    part(s, NULL);
    part(s, "lacking");
    if (rc == HZ_OK)
        rc = archive_want(&want, err);
    if (!s->json)
        print_ends(aging.ends);
    part(s, NULL);
    json_member_string(&s->j, "ledger", s->head.ledger);
    json_ends(&s->j, aging.ends);
    text_base64(&root, s->head.root, sizeof s->head.root);
    json_key(&s->j, "root");
    json_string_n(&s->j, root.data, root.len);
    json_member_string(&s->j, "schema", "hozen-archive-status/1");
    json_member_decimal(&s->j, "size", s->head.size);
    part(s, "unfinished");
    if (rc == HZ_OK)
        rc = list(s, true, err);
    part(s, NULL);
    part(s, "unknown");
    if (rc == HZ_OK)
        rc = list(s, false, err);
    part(s, NULL);
    json_object_end(&s->j);
    if (rc == HZ_OK && s->json)
        rc = json_check(&s->j, err);
    return rc;
}

int cmd_archive_status(const struct cli_args *args)
{
    HZ_CLEANUP(status_free) struct status s = { .args = args, .json = cli_flag(args, "json") };
    struct hz_error err = { 0 };
    int rc = open_all(&s, &err);

    if (rc == HZ_OK)
        rc = answer(&s, &err);
    if (rc == HZ_OK)
        rc = store_unchanged(s.store, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    if (s.json)
        cli_out_line(stdout, &s.line);
    return s.missing ? HZ_EXIT_FINDINGS : s.unreachable ? HZ_EXIT_FAILED : HZ_EXIT_OK;
}
