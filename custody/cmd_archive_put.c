#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_fill.h"
#include "custody/archive_ours.h"
#include "custody/archive_place.h"
#include "custody/cmd_archive_put.h"
#include "custody/cmd_result.h"
#include "custody/project_policy.h"

static void put_free(struct put *p)
{
    cmd_archive_free(&p->w);
    archive_close(&p->target);
    verifier_free(&p->seen);
    sidecar_free(&p->signatures);
    sidecar_free(&p->tokens);
    archive_rest_free(&p->rest);
    buf_free(&p->record);
    buf_free(&p->name);
    buf_free(&p->path);
}

static int name_it(struct put *p, struct hz_error *err)
{
    const char *given = cli_value(p->w.args, "copy"), *item = p->w.item.name;
    int rc;

    buf_init(&p->name, 512);
    buf_init(&p->path, 1024);
    if (given != NULL && cmd_archive_unfinished(given))
        return cli_usage(p->w.args->command, err, _("--copy: what ends in .partial is a copy that is not finished"));
    if (given != NULL)
        rc = cmd_archive_new_id(p->w.store, item, given, err);
    else
        rc = cmd_archive_free_id(p->w.store, item, "archive", p->copy, err);
    if (rc == HZ_OK && given != NULL)
        snprintf(p->copy, sizeof p->copy, "%s", given);
    if (rc == HZ_OK)
        rc = archive_name(item, p->copy, &p->name, err);
    if (rc != HZ_OK)
        return rc;
    buf_printf(&p->path, "%s/%s", (const char *)p->name.data, p->file);
    buf_text(&p->path);
    return buf_check(&p->path, err);
}

/* The archive keeps what was taken in, byte for byte. */
static int check(struct put *p, struct hz_error *err)
{
    const char *recorded = p->w.item.chain.file_sha256;
    int rc;

    if (recorded[0] == '\0')
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("%s: nothing digital was taken in that could be archived"),
                            p->w.item.name);
    if (strcmp(p->w.item.chain.custodian, w_key_fingerprint(p->w.actor.key)) != 0)
        return hz_error_set(err, HZ_E_DENIED, "%s", _("only the custodian of the item can sign this"));
    if (!text_is_line(p->file, 255))
        return hz_error_set(err, HZ_E_USAGE, _("%s: a path that is to be recorded is one line of UTF-8"), p->bundle);
    if (archive_fill_makes(p->file))
        return hz_error_set(err, HZ_E_USAGE, _("%s: beside it a file of this name is made: give it another name"),
                            p->bundle);
    rc = cmd_archive_verify(p->w.args, &p->w.item, p->bundle, recorded, &p->seen, err);
    if (rc == HZ_OK && strcmp(p->seen.file_sha256, recorded) != 0)
        return hz_error_set(err, HZ_E_INVALID, _("%s is not what was taken in: its SHA-256 is %s, recorded is %s"),
                            p->bundle, p->seen.file_sha256, recorded);
    return rc;
}

static bool is_bundle(const struct put *p)
{
    return p->w.item.kind == NULL || strcmp(p->w.item.kind, "bundle") == 0;
}

static int fill_and_commit(struct put *p, struct archive_stage *stage, struct hz_error *err)
{
    const struct archive_kind *kind = p->target.kind;
    struct archive_fill what = { .store = p->w.store,
                                 .actor = &p->w.actor,
                                 .item = p->w.item.name,
                                 .beside = p->bundle,
                                 .record = &p->record,
                                 .file = p->file,
                                 .bundle = is_bundle(p),
                                 .parity = p->parity };
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    int rc = io_open_input(p->bundle, &fd, err);

    if (rc == HZ_OK)
        rc = io_statx(fd, &st, err);
    if (rc == HZ_OK)
        p->size = st.stx_size;
    if (rc == HZ_OK)
        rc = kind->carry(&p->target, stage, fd, p->file, err);
    if (rc == HZ_OK)
        rc = archive_fill(stage, &what, err);
    if (rc == HZ_OK)
        rc = put_find_rest(p, stage, err);
    return rc == HZ_OK ? kind->commit(&p->target, stage, p->file, p->seen.file_sha256, &p->seal, err) : rc;
}

/* Nothing that somebody else may need makes room for it. */
static int is_free(const struct put *p, struct hz_error *err)
{
    HZ_CLEANUP(archive_held_free) struct archive_held all = { 0 };
    int rc = archive_held_load(&all, p->w.store, NULL, err);

    return rc == HZ_OK ? archive_ours_free(&p->target, &all, (const char *)p->name.data, err) : rc;
}

/* What has the name already makes room only where a put of this ledger ended before it was recorded: everything is
 * made anew then, since nothing but the bundle there can be compared with anything. */
static int copy_over(struct put *p, struct hz_error *err)
{
    struct archive_stage stage = ARCHIVE_STAGE_INIT;
    const char *name = (const char *)p->name.data;
    const struct archive_ours what = { name, p->file, p->seen.file_sha256, p->w.head.ledger, p->w.item.name };
    int rc = is_free(p, err);

    if (rc != HZ_OK)
        return rc;
    rc = p->target.kind->begin(&p->target, name, false, &stage, err);
    if (rc == HZ_E_EXISTS && !archive_ours(&p->target, &what))
        return hz_error_set(err, HZ_E_EXISTS,
                            _("%s/%s is there already and is nothing that a put of this ledger left: nothing was "
                              "changed, name the copy otherwise with --copy"),
                            p->target.url, name);
    if (rc == HZ_E_EXISTS)
        rc = p->target.kind->begin(&p->target, name, true, &stage, err);
    if (rc == HZ_OK)
        rc = fill_and_commit(p, &stage, err);
    if (rc == HZ_E_INVALID)
        p->target.kind->drop(&stage); /* nothing to go on with */
    p->target.kind->leave(&stage);
    return rc;
}

/* What a store is asked to keep others from. */
static int ask(struct put *p, struct hz_error *err)
{
    const char *until = cli_value(p->w.args, "retain-until"), *again = cli_value(p->w.args, "confirm");
    bool store = strncmp(cli_value(p->w.args, "to"), "s3://", 5) == 0;
    struct w_time time = { 0 };
    int rc = HZ_OK;

    p->seal.legal_hold = cli_flag(p->w.args, "legal-hold");
    if (store && cli_value(p->w.args, "parity") != NULL && p->parity > 0)
        return cli_usage(p->w.args->command, err,
                         _("recovery data would be of no use in an object store, where no copy is mended: say --parity "
                           "none, or nothing of it"));
    if (store)
        p->parity = 0;
    if (store != (p->seal.legal_hold || until != NULL))
        return cli_usage(p->w.args->command, err,
                         store ? _("how is it kept from being deleted? say --retain-until or --legal-hold")
                               : _("--retain-until and --legal-hold are for object stores"));
    if (until != NULL && strcmp(until, again) != 0)
        return cli_usage(p->w.args->command, err, _("--confirm is not the time of --retain-until"));
    if (until != NULL)
        rc = cmd_time(p->w.args, "retain-until", until, &time, err);
    if (rc == HZ_OK && until != NULL && stamp_compare(time.at, stamp_now()) <= 0)
        return cli_usage(p->w.args->command, err, _("--retain-until is in the past"));
    p->seal.retain_until = time.at;
    p->until = time;
    return rc;
}

static struct w_statement state(struct put *p)
{
    struct w_statement s = cmd_archive_statement(&p->w, "copy", &p->w.item);
    const char *place = cli_value(p->w.args, "place");

    snprintf(p->numbers[0], sizeof p->numbers[0], "%u", p->parity);
    snprintf(p->numbers[1], sizeof p->numbers[1], "%" PRIu64, p->size);
    s.body.copy = p->copy;
    s.body.role = "archive";
    s.body.sha256 = p->seen.file_sha256;
    s.body.medium = cli_value(p->w.args, "medium");
    s.body.place = place != NULL ? place : p->target.url;
    s.body.sealed.target = p->target.url;
    s.body.sealed.volume = p->target.volume;
    s.body.sealed.file = (const char *)p->path.data;
    s.body.sealed.read_back = p->seal.read_back;
    s.body.sealed.mode = p->seal.read_only ? "0444" : NULL;
    s.body.sealed.immutable = p->seal.immutable ? "yes" : NULL;
    s.body.sealed.verity = p->seal.verity ? p->seal.verity_digest : NULL;
    s.body.sealed.version = p->seal.version[0] != '\0' ? p->seal.version : NULL;
    s.body.sealed.retain_until = p->until;
    s.body.sealed.beside = p->beside;
    s.body.sealed.beside_count = p->beside_count;
    s.body.rest = p->rest.list;
    s.body.rest_count = p->rest.count;
    s.body.sealed.legal_hold = p->seal.legal_hold ? "yes" : NULL;
    s.body.sealed.parity = p->parity > 0 ? p->numbers[0] : NULL;
    s.body.sealed.size = p->size > 0 ? p->numbers[1] : NULL;
    return s;
}

/* What the rules would not let into the log is not copied. */
static int try_rules(struct put *p, struct hz_error *err)
{
    struct w_statement s = state(p);

    s.body.sealed.read_back = "cached"; /* not known yet */
    return cmd_archive_try(&p->w, &s, err);
}

static int record(struct put *p, uint64_t *entry, struct hz_error *err)
{
    struct w_statement s = state(p);
    const uint64_t before = p->w.head.size;
    int rc = cmd_archive_record(&p->w, &s, entry, err);

    return rc == HZ_OK || p->w.head.size > before /* only the head is not signed, which is said */
               ? rc
               : hz_error_context(err, _("the copy lies in %s, but is not recorded; run it again"), p->target.url);
}

static const char *read_back(const char *how)
{
    return strcmp(how, "direct") == 0    ? _("from the medium, past the cache")
           : strcmp(how, "dropped") == 0 ? _("from the medium, the cache was emptied of it")
           : strcmp(how, "store") == 0   ? _("from the store")
                                         : _("perhaps from the cache: this file system keeps it");
}

static const char *sealed(const struct put *p)
{
    if (p->until.known)
        return cli_value(p->w.args, "retain-until");
    return p->seal.legal_hold  ? _("legal hold")
           : p->seal.immutable ? _("read-only and immutable")
                               : _("read-only; the immutable flag is not to be had");
}

static int print(const struct put *p, uint64_t entry, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    struct cmd_result result = { .head = &p->w.head,
                                 .entered = true,
                                 .entry = entry,
                                 .item = p->w.item.name,
                                 .key = w_key_fingerprint(p->w.actor.key),
                                 .evidence = &p->seen,
                                 .partial = p->left_out,
                                 .files = { { "copy", NULL } } };
    int rc = cmd_archive_path(&p->target, (const char *)p->path.data, &path, err);

    result.files[0].path = (const char *)path.data;
    if (rc != HZ_OK || cli_flag(p->w.args, "json"))
        return rc == HZ_OK ? cmd_result_json(p->w.args, &result, err) : rc;
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), p->w.item.name);
    cli_out_field(stdout, CLI_OUT_LABELS, _("copy"), p->copy);
    cli_out_field(stdout, CLI_OUT_LABELS, _("file"), (const char *)path.data);
    cmd_print_evidence(&p->seen);
    cli_out_field(stdout, CLI_OUT_LABELS, _("read back"), read_back(p->seal.read_back));
    cli_out_field(stdout, CLI_OUT_LABELS, _("sealed"), sealed(p));
    cmd_print_head(&p->w.head);
    return HZ_OK;
}

static void release(char **text)
{
    free(*text);
}

/* The newest copy that the ledger has there; NULL: none. */
static const struct archive_copy *latest_at(const struct archive_held *held, const char *url)
{
    const struct archive_copy *latest = NULL;

    for (size_t i = 0; i < held->count; i++)
        if (held->list[i].target != NULL && archive_place_same(held->list[i].target, url) &&
            (latest == NULL || held->list[i].made > latest->made))
            latest = &held->list[i];
    return latest;
}

/* Where copies were put already a mark is: that there is none means that the medium is not mounted. */
static int open_as(struct put *p, const char *url, const struct archive_copy *latest, struct hz_error *err)
{
    const char *to = cli_value(p->w.args, "to"), *volume = latest != NULL ? latest->volume : NULL;
    const bool new = cli_flag(p->w.args, "new-medium");
    int rc = archive_open_volume(&p->target, to, volume, err);

    if (rc == HZ_OK && new && p->target.store != NULL && text_equal(p->target.volume, volume))
        return hz_error_set(err, HZ_E_EXISTS,
                            _("%s: the store is the medium that the copy %s of %s was put on: leave --new-medium out"),
                            url, latest->copy, latest->item);
    if (rc != HZ_E_NOTFOUND)
        return rc;
    if (latest != NULL && !new)
        return hz_error_set(err, HZ_E_NOTFOUND,
                            _("%s: the copy %s of %s was put there, but no archive is there now: mount that medium, "
                              "or say --new-medium"),
                            url, latest->copy, latest->item);
    return archive_open(&p->target, to, true, err);
}

/* The medium is the one that was asked for, under the name that the policy has for it. */
static int is_right(struct put *p, const struct archive_held *held, struct hz_error *err)
{
    HZ_CLEANUP(r_policy_free) struct r_policy policy = { 0 };
    bool found = false;
    int rc = cli_flag(p->w.args, "new-medium") ? HZ_OK : archive_place_known(&p->target, held, err);

    if (rc == HZ_OK)
        rc = project_policy_get(p->w.store, &policy, &found, err);
    return rc == HZ_OK && found ? archive_place_ruled(&p->target, held, &policy, err) : rc;
}

static int open_target(struct put *p, struct hz_error *err)
{
    HZ_CLEANUP(archive_held_free) struct archive_held held = { 0 };
    HZ_CLEANUP(release) char *url = NULL;
    int rc = archive_held_load(&held, p->w.store, NULL, err);

    if (rc == HZ_OK)
        rc = archive_url(cli_value(p->w.args, "to"), &url, err);
    if (rc == HZ_OK)
        rc = open_as(p, url, latest_at(&held, url), err);
    return rc == HZ_OK ? is_right(p, &held, err) : rc;
}

static int run(struct put *p, struct hz_error *err)
{
    uint64_t entry = 0;
    int rc = cmd_archive_percent(p->w.args, cli_value(p->w.args, "parity"), &p->parity, err);

    if (rc == HZ_OK)
        rc = ask(p, err);
    if (rc == HZ_OK)
        rc = cmd_archive_begin(&p->w, true, err);
    if (rc == HZ_OK)
        rc = name_it(p, err);
    if (rc == HZ_OK)
        rc = check(p, err);
    if (rc == HZ_OK)
        rc = put_find_beside(p, err);
    if (rc == HZ_OK)
        rc = put_find_record(p, err);
    if (rc == HZ_OK)
        rc = open_target(p, err);
    if (rc == HZ_OK)
        rc = try_rules(p, err);
    if (rc == HZ_OK)
        rc = copy_over(p, err);
    if (rc == HZ_OK)
        put_name_versions(p);
    if (rc == HZ_OK)
        rc = record(p, &entry, err);
    return rc == HZ_OK ? print(p, entry, err) : rc;
}

int cmd_archive_put(const struct cli_args *args)
{
    const char *bundle = cli_value(args, "bundle");
    HZ_CLEANUP(put_free)
    struct put p = {
        .w.args = args, .target = ARCHIVE_TARGET_INIT, .bundle = bundle, .file = archive_fill_name(bundle)
    };
    struct hz_error err = { 0 };

    if (run(&p, &err) != HZ_OK)
        return cli_fail(args, &err);
    return p.left_out ? HZ_EXIT_PARTIAL : HZ_EXIT_OK;
}
