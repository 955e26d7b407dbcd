#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_fill.h"
#include "custody/cmd_archive.h"
#include "custody/cmd_result.h"

struct get {
    struct cmd_archive w;
    struct archive_held held;
    struct cmd_archive_targets targets;
    struct verifier seen;
    const struct archive_copy *copy; /* where it comes from */
    int folder;                      /* owned: where it goes */
    bool left_out;                   /* something beside it is nowhere as it was recorded */
    char id[R_LEDGER_COPY_ID];
    struct buf path; /* the working copy */
};

static void get_free(struct get *g)
{
    archive_held_free(&g->held);
    cmd_archive_targets_free(&g->targets);
    io_close(&g->folder);
    verifier_free(&g->seen);
    cmd_archive_free(&g->w);
    buf_free(&g->path);
}

static int put(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    return io_write(*(const int *)context, bytes, len, err);
}

/* The working copy appears only when it has the recorded digest. */
static int bring(const struct archive_copy *c, struct archive_target *t, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(io_partial_abort) struct io_partial partial = { -1, -1, NULL, NULL };
    char digest[W_DIGEST_HEX];
    const char *read_back;
    int rc = io_partial_restart(&partial, path, 0644, err);

    if (rc != HZ_OK)
        return rc;
    rc = archive_digest_of(t, c->file, c->version, c->size, &(struct archive_sink) { put, &partial.fd }, digest,
                           &read_back, err);
    if (rc == HZ_E_LIMIT || (rc == HZ_OK && strcmp(digest, c->sha256) != 0))
        return hz_error_set(err, HZ_E_INVALID, _("%s/%s is altered (hozen archive check records it)"), t->url, c->file);
    return rc == HZ_OK ? io_partial_commit(&partial, err) : rc;
}

/* *there: the folder has this very file already. HZ_E_EXISTS: it has another one of its name. */
static int is_there(const struct get *g, const struct archive_beside *b, bool *there, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int looked = -1;
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error why = { 0 };
    char sha256[W_DIGEST_HEX];
    int noatime, rc = io_evidence_look(g->folder, b->file, &looked, &why);

    *there = false;
    if (rc == HZ_E_NOTFOUND)
        return HZ_OK;
    if (rc == HZ_OK)
        rc = io_evidence_reopen(looked, &fd, &noatime, &why);
    if (rc == HZ_OK)
        rc = verifier_hash(fd, sha256, &why);
    *there = rc == HZ_OK && strcmp(sha256, b->sha256) == 0;
    return *there ? HZ_OK
                  : hz_error_set(err, HZ_E_EXISTS, _("%s/%s is there already, is another one, and is not overwritten"),
                                 cli_value(g->w.args, "to"), b->file);
}

/* Before anything is written. */
static int has_room(const struct get *g, const struct archive_copy *c, struct hz_error *err)
{
    bool there;
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < c->beside_count; i++)
        rc = is_there(g, &c->beside[i], &there, err);
    return rc;
}

/* Signatures and time stamps come along; one that no copy has as it was recorded is left out. */
static int bring_beside(struct get *g, const struct archive_copy *c, struct hz_error *err)
{
    const struct cmd_archive_beside beside = { g->w.args, &g->targets, &g->held, g->folder, NULL };
    const char *from;
    bool there;
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < c->beside_count; i++) {
        if (c->beside[i].record) /* another copy may have a later one */
            continue;
        rc = is_there(g, &c->beside[i], &there, err);
        if (rc != HZ_OK || there)
            continue;
        rc = cmd_archive_beside(&beside, c, i, &from, err);
        if (rc == HZ_OK && from == NULL) {
            g->left_out = true;
            cli_note(g->w.args, _("%s is left out: no copy has it as it was recorded"), c->beside[i].file);
        }
    }
    if (rc == HZ_OK)
        rc = cmd_archive_bring_record(&beside, c, err);
    for (size_t i = 0; rc == HZ_OK && i < c->beside_count; i++)
        if (c->beside[i].record && !io_is_regular(g->folder, c->beside[i].file)) {
            g->left_out = true;
            cli_note(g->w.args, _("%s is left out: no copy has it as it was recorded"), c->beside[i].file);
        }
    return rc;
}

static int try_copy(struct get *g, const struct archive_copy *c, struct hz_error *err)
{
    HZ_CLEANUP(archive_close) struct archive_target t = ARCHIVE_TARGET_INIT;
    int rc = cmd_archive_reach(g->w.args, c, &t, err);

    buf_reset(&g->path);
    if (rc == HZ_OK)
        rc = has_room(g, c, err);
    if (rc == HZ_OK)
        buf_printf(&g->path, "%s/%s", cli_value(g->w.args, "to"), archive_fill_name(c->file));
    if (rc == HZ_OK && buf_text(&g->path) == NULL)
        rc = buf_check(&g->path, err);
    if (rc == HZ_OK)
        rc = bring(c, &t, (const char *)g->path.data, err);
    if (rc == HZ_OK)
        g->copy = c;
    return rc;
}

/* The first that is there and good, or the one that was named. None: that one of them is altered counts more than that
 * another one is not there. */
static int retrieve(struct get *g, struct hz_error *err)
{
    bool altered = false;
    const char *named = cli_value(g->w.args, "copy");
    int rc = named != NULL
                 ? hz_error_set(err, HZ_E_NOTFOUND, _("%s: the archive has no copy called %s"), g->w.item.name, named)
                 : hz_error_set(err, HZ_E_NOTFOUND, _("%s: there is no copy of it in the archive"), g->w.item.name);

    for (size_t i = 0; g->copy == NULL && i < g->held.count; i++) {
        const struct archive_copy *c = &g->held.list[i];
        if (named != NULL && strcmp(c->copy, named) != 0)
            continue;
        rc = try_copy(g, c, err);
        if (rc == HZ_E_EXISTS || rc == HZ_E_NOMEM)
            return rc;
        altered = altered || rc == HZ_E_INVALID;
        if (rc != HZ_OK && i + 1 < g->held.count && named == NULL)
            cli_message(g->w.args->command->program, "%s", err->text);
    }
    return rc != HZ_OK && altered ? (err->code = HZ_E_INVALID) : rc;
}

static int name_it(struct get *g, struct hz_error *err)
{
    const char *as = cli_value(g->w.args, "as");

    if (strcmp(g->w.item.chain.custodian, w_key_fingerprint(g->w.actor.key)) != 0)
        return hz_error_set(err, HZ_E_DENIED, "%s", _("only the custodian of the item can sign this"));
    if (as == NULL)
        return cmd_archive_free_id(g->w.store, g->w.item.name, "working", g->id, err);
    snprintf(g->id, sizeof g->id, "%s", as);
    return cmd_archive_new_id(g->w.store, g->w.item.name, as, err);
}

static void release(char **text)
{
    free(*text);
}

static int record(struct get *g, uint64_t *entry, struct hz_error *err)
{
    struct w_statement s = cmd_archive_statement(&g->w, "copy", &g->w.item);
    const char *place = cli_value(g->w.args, "place");
    HZ_CLEANUP(release) char *folder = NULL;
    int rc = archive_url(cli_value(g->w.args, "to"), &folder, err);

    s.body.copy = g->id;
    s.body.role = "working";
    s.body.sha256 = g->copy->sha256;
    s.body.place = place != NULL ? place : folder;
    if (rc == HZ_OK)
        rc = cmd_archive_record(&g->w, &s, entry, err);
    return rc;
}

static int print(const struct get *g, uint64_t entry, struct hz_error *err)
{
    const char *path = (const char *)g->path.data;
    struct cmd_result result = { .head = &g->w.head,
                                 .entered = true,
                                 .entry = entry,
                                 .item = g->w.item.name,
                                 .key = w_key_fingerprint(g->w.actor.key),
                                 .evidence = &g->seen,
                                 .partial = g->left_out,
                                 .files = { { "copy", path } } };

    if (cli_flag(g->w.args, "json"))
        return cmd_result_json(g->w.args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), g->w.item.name);
    cli_out_field(stdout, CLI_OUT_LABELS, _("from copy"), g->copy->copy);
    cli_out_field(stdout, CLI_OUT_LABELS, _("copy"), g->id);
    cli_out_field(stdout, CLI_OUT_LABELS, _("file"), path);
    cmd_print_evidence(&g->seen);
    cmd_print_head(&g->w.head);
    return HZ_OK;
}

static int run(struct get *g, struct hz_error *err)
{
    uint64_t entry = 0, before;
    int rc = cmd_archive_begin(&g->w, true, err);

    buf_init(&g->path, 16384);
    if (rc == HZ_OK)
        rc = archive_is_place(cli_value(g->w.args, "to"), err);
    if (rc == HZ_OK)
        rc = name_it(g, err);
    if (rc == HZ_OK)
        rc = archive_held_load(&g->held, g->w.store, g->w.item.name, err);
    if (rc == HZ_OK)
        rc = io_open_directory(cli_value(g->w.args, "to"), &g->folder, err);
    if (rc == HZ_OK)
        rc = retrieve(g, err);
    if (rc != HZ_OK)
        return rc;
    before = g->w.head.size;
    rc = bring_beside(g, g->copy, err);
    if (rc == HZ_OK)
        rc = cmd_archive_verify(g->w.args, &g->w.item, (const char *)g->path.data, g->copy->sha256, &g->seen, err);
    if (rc == HZ_OK)
        rc = record(g, &entry, err);
    if (rc != HZ_OK && g->w.head.size > before) /* only the head is not signed, which is said */
        return rc;
    return rc == HZ_OK ? print(g, entry, err)
                       : hz_error_context(err, _("%s is not recorded; remove it, or record it with custody copy"),
                                          (const char *)g->path.data);
}

int cmd_archive_get(const struct cli_args *args)
{
    HZ_CLEANUP(get_free) struct get g = { .w.args = args, .folder = -1 };
    struct hz_error err = { 0 };

    if (run(&g, &err) != HZ_OK)
        return cli_fail(args, &err);
    return g.left_out ? HZ_EXIT_PARTIAL : HZ_EXIT_OK;
}
