#include "custody/cmd_archive.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "custody/cosign.h"
#include "custody/project_policy.h"

void cmd_archive_free(struct cmd_archive *w)
{
    actor_free(&w->actor);
    item_free(&w->item);
    store_close(w->store);
    memset(w, 0, sizeof *w);
}

int cmd_archive_begin(struct cmd_archive *w, bool of_item, struct hz_error *err)
{
    int rc = cmd_open(w->args, &w->store, &w->actor, err);

    if (rc == HZ_OK)
        rc = append_head(w->store, &w->head, err);
    return rc == HZ_OK && of_item ? item_get(w->store, cli_operand(w->args, 0), &w->item, err) : rc;
}

struct w_statement cmd_archive_statement(const struct cmd_archive *w, const char *type, const struct item *item)
{
    struct w_statement s = actor_statement(&w->actor, type, w->head.ledger);

    if (item != NULL) {
        s.item = item->name;
        s.case_id = item->case_id;
    }
    s.body.override.rule = cli_value(w->args, "override");
    s.body.override.reason = cli_value(w->args, "override-reason");
    return s;
}

static int sign(const struct cmd_archive *w, const struct w_statement *statement, struct cosign *out,
                struct hz_error *err)
{
    HZ_CLEANUP(r_statement_free) struct r_statement parsed = { 0 };
    HZ_CLEANUP(actor_free) struct actor second = { 0 };
    int rc = cosign_begin(out, statement, &parsed, err);

    if (rc == HZ_OK)
        rc = cosign_add(out, &w->actor, err);
    if (rc != HZ_OK || cli_value(w->args, "second-key") == NULL)
        return rc;
    rc = cmd_load_second_key(w->args, &second, err);
    return rc == HZ_OK ? cosign_add(out, &second, err) : rc;
}

int cmd_archive_record(struct cmd_archive *w, const struct w_statement *statement, uint64_t *entry,
                       struct hz_error *err)
{
    HZ_CLEANUP(cosign_free) struct cosign signatures = { 0 };
    struct w_signed content;
    int rc = sign(w, statement, &signatures, err);

    if (rc != HZ_OK)
        return rc;
    content = cosign_content(&signatures);
    rc = append_one(w->store, &content, &w->head, err);
    if (rc == HZ_OK)
        *entry = w->head.size - 1;
    return rc == HZ_OK ? cmd_seal(w->args, w->store, &w->head, &w->actor, err) : rc;
}

int cmd_archive_try(struct cmd_archive *w, const struct w_statement *statement, struct hz_error *err)
{
    HZ_CLEANUP(cosign_free) struct cosign signatures = { 0 };
    HZ_CLEANUP(r_policy_free) struct r_policy policy = { 0 };
    struct w_signed content;
    struct append log;
    bool found = false;
    int rc = project_policy_get(w->store, &policy, &found, err);

    if (rc != HZ_OK || policy.count == 0)
        return rc;
    rc = sign(w, statement, &signatures, err);
    if (rc != HZ_OK)
        return rc;
    content = cosign_content(&signatures);
    rc = append_begin(&log, w->store, NULL, err);
    if (rc != HZ_OK)
        return rc;
    rc = append_add(&log, &content, NULL, err);
    append_abort(&log);
    return rc;
}

static int has_copy(struct store *s, const char *item, const char *copy, bool *has, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "SELECT 1 FROM copy WHERE item = ?1 AND copy = ?2");
    query_text(&q, 1, item);
    query_text(&q, 2, copy);
    return query_row(&q, has, err);
}

int cmd_archive_free_id(struct store *s, const char *item, const char *prefix, char out[R_LEDGER_COPY_ID],
                        struct hz_error *err)
{
    bool taken = true;
    int rc = HZ_OK;

    for (unsigned i = 1; rc == HZ_OK && taken; i++) {
        snprintf(out, R_LEDGER_COPY_ID, "%s-%u", prefix, i);
        rc = has_copy(s, item, out, &taken, err);
    }
    return rc;
}

bool cmd_archive_unfinished(const char *name)
{
    static const char suffix[] = ".partial";
    size_t len = strlen(name), n = sizeof suffix - 1;

    return len >= n && strcmp(name + len - n, suffix) == 0;
}

int cmd_archive_new_id(struct store *s, const char *item, const char *copy, struct hz_error *err)
{
    bool taken = false;
    int rc = has_copy(s, item, copy, &taken, err);

    return rc == HZ_OK && taken ? hz_error_set(err, HZ_E_EXISTS, _("%s: the item has a copy called %s"), item, copy)
                                : rc;
}

static int try_at(const struct archive_copy *c, const char *where, struct archive_target *t, struct hz_error *err)
{
    struct archive_target opened = ARCHIVE_TARGET_INIT;
    int rc = archive_open_volume(&opened, where, c->volume, err);

    if (rc == HZ_OK && !text_equal(opened.volume, c->volume))
        rc = hz_error_set(err, HZ_E_NOTFOUND, _("%s: another medium is there"), where);
    if (rc == HZ_OK)
        *t = opened;
    else
        archive_close(&opened);
    return rc;
}

int cmd_archive_reach(const struct cli_args *args, const struct archive_copy *c, struct archive_target *t,
                      struct hz_error *err)
{
    size_t count;
    const char *const *places = cli_values(args, "at", &count);
    int rc;

    if (c->target == NULL)
        return hz_error_set(err, HZ_E_NOTFOUND, _("the copy %s of %s was recorded without where it lies"), c->copy,
                            c->item);
    rc = try_at(c, c->target, t, err);
    for (size_t i = 0; rc != HZ_OK && i < count; i++) {
        struct hz_error other = { 0 };
        if (try_at(c, places[i], t, &other) == HZ_OK)
            rc = HZ_OK;
    }
    return rc;
}

int cmd_archive_verify(const struct cli_args *args, const struct item *item, const char *path, const char *sha256,
                       struct verifier *out, struct hz_error *err)
{
    if (item->kind != NULL && strcmp(item->kind, "bundle") != 0)
        return verifier_by_digest(out, path, sha256, err);
    return verifier_run(out, path, cli_value(args, "signers"), err);
}

int cmd_archive_percent(const struct cli_args *args, const char *text, unsigned *out, struct hz_error *err)
{
    size_t len = text != NULL ? strlen(text) : 0;
    uint64_t value = 0;

    *out = 10;
    if (text == NULL)
        return HZ_OK;
    if (len > 1 && text[len - 1] == '%' && num_parse_u64(text, len - 1, 100, &value) == HZ_OK && value > 0) {
        *out = (unsigned)value;
        return HZ_OK;
    }
    *out = 0;
    return strcmp(text, "none") == 0
               ? HZ_OK
               : cli_usage(args->command, err, _("--parity: \"%s\" is neither 1%% to 100%% nor none"), text);
}

int cmd_archive_path(const struct archive_target *t, const char *path, struct buf *out, struct hz_error *err)
{
    buf_printf(out, "%s/%s", t->url, path);
    buf_text(out);
    return buf_check(out, err);
}
