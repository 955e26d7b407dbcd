/* databases: what --db asked for, each as it was at one moment (formats/spec/sources.md). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/absence.h"
#include "collector/action.h"
#include "collector/db_places.h"
#include "collector/db_probe.h"
#include "collector/db_watched.h"
#include "collector/look.h"
#include "collector/plan.h"
#include "collector/profiles/profile_plan.h"
#include "collector/source.h"
#include "collector/take.h"
#include "formats/write/name.h"

#define PIECE ((size_t)256 << 10)
#define WAIT INT64_C(10000000000)      /* nanoseconds for a database's locks */
#define WAIT_AGAIN INT64_C(1000000000) /* once that was in vain */

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options->database_count > 0 || options->profiles.database_count > 0;
}

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < options->database_count; i++)
        rc = plan_named(tree, root, options, options->databases[i], err);
    return rc == HZ_OK ? profile_plan_databases(tree, root, options, err) : rc;
}

static struct w_bytes origin_of(const struct db_place *place)
{
    return (struct w_bytes) { place->origin, strlen(place->origin) };
}

static int give_up(struct run *run, const struct db_place *place, struct walk_absence a, struct hz_error *err)
{
    a.origin = origin_of(place);
    a.failure = true;
    return take_absence(run, &a, err);
}

static int failed(struct run *run, const struct db_place *place, int sys_errno, struct hz_error *err)
{
    struct walk_absence a = { .status = absence_status(sys_errno),
                              .reason = absence_reason(sys_errno),
                              .sys_errno = sys_errno };
    return give_up(run, place, a, err);
}

static const struct walk_absence silent = { .status = W_TIMEOUT, .reason = N_("its file system did not answer") };

static bool stopped(void *context)
{
    return stop_now(context) != STOP_NONE;
}

static int step(void *context, size_t len, struct hz_error *err)
{
    struct run *run = context;
    pace_wait(&run->pace, len, &run->stop);
    return stopped(context) ? hz_error_set(err, HZ_E_TIMEOUT, "%s", _("not done in time")) : HZ_OK;
}

/* Each file is written twice for a while: to the spool and into the bundle. */
static uint64_t room_for(struct run *run)
{
    if (run->deferred.directory >= 0)
        return room_left(&run->budget.room) / 2;
    return room_in_memory(!run->options->to_stdout);
}

static const char *method_of(const struct db_snapshot *s, bool copied)
{
    return !copied ? "none" : s->locked ? "ofd-locked" : "unlocked-copy";
}

static void describe(struct buf *out, const struct db_snapshot *s, bool copied)
{
    static const char *const modes[] = { [DB_MODE_UNKNOWN] = "unknown",
                                         [DB_MODE_ROLLBACK] = "rollback",
                                         [DB_MODE_WAL] = "wal",
                                         [DB_MODE_WAL_LIVE] = "wal-in-use" };
    buf_printf(out, "method=%s; mode=%s; waited=%" PRId64 ".%03" PRId64 "; held=%" PRId64 ".%03" PRId64 "; tries=%u",
               method_of(s, copied), modes[s->mode], s->waited_ns / 1000000000, s->waited_ns / 1000000 % 1000,
               s->held_ns / 1000000000, s->held_ns / 1000000 % 1000, s->tries);
    if (s->page_size > 0)
        buf_printf(out, "; page-size=%" PRIu32, s->page_size);
    if (s->mode == DB_MODE_WAL_LIVE && s->locked)
        buf_printf(out, "; frames=%" PRIu32 "; left-out=%" PRIu64, s->frames, s->left_out);
    if (s->files[DB_MAIN].before.stx_nlink > 1)
        buf_printf(out, "; links=%" PRIu32, s->files[DB_MAIN].before.stx_nlink);
    buf_puts(out, s->hot ? s->super ? "; hot-journal=of-several-databases" : "; hot-journal=yes" : "");
    buf_puts(out, s->changed ? "; written-meanwhile=yes" : "");
    buf_puts(out, s->restarted ? "; wal-restarted=yes" : "");
    if (s->why != NULL)
        buf_printf(out, "; reason=%s", s->why);
}

/* Also where it came to no copy: locks were held all the same. */
static int note(struct run *run, struct w_action *action, const struct db_snapshot *s, bool copied,
                struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(4096);
    describe(&detail, s, copied);
    for (int role = DB_MAIN; role < DB_INDEX; role++) {
        action->count += copied && s->files[role].spool >= 0;
        run->tally.exposed += s->files[role].exposed;
    }
    run->tally.unlocked += copied && !s->locked;
    action->failures = !s->locked;
    action->detail = buf_text(&detail);
    return action->detail == NULL ? buf_check(&detail, err) : action_end(action, run->bundle, err);
}

/* What was copied waits in its place. A part that is there and could not be opened is absent. */
static int hand_out(struct run *run, struct db_places *places, struct db_place *place, struct db_snapshot *s,
                    struct hz_error *err)
{
    int rc = HZ_OK;
    for (enum db_role role = DB_MAIN; rc == HZ_OK && role < DB_INDEX; role++) {
        struct db_place *part = db_places_find(places, place->database, role);
        if (s->files[role].failed != 0) {
            rc = failed(run, part, s->files[role].failed, err);
            continue;
        }
        part->file = s->files[role];
        part->method = method_of(s, true);
        db_copy_init(&s->files[role]);
    }
    return rc;
}

/* Why there is no copy; whatever is our own shortage ends the run. */
static int no_copy(struct run *run, const struct db_place *main, const struct hz_error *why, struct hz_error *err)
{
    struct walk_absence a = { .status = W_OVER_BUDGET, .reason = N_("no room for a copy of it") };
    bool full = why->sys_errno == 0 || hz_errno_is_full(why->sys_errno) || absence_is_ours(why->sys_errno);
    if (why->code == HZ_E_TIMEOUT) {
        a.status = stop_status(stop_now(run));
        a.reason = stop_text(stop_now(run));
    } else if (why->code == HZ_E_LIMIT && !full) {
        a.status = W_UNAVAILABLE;
        a.reason = N_("a copy of it could not be written");
        a.sys_errno = why->sys_errno;
    } else if (why->code == HZ_E_LIMIT && run->spool_directory < 0) {
        a.reason = N_("no room in memory for a copy of it, and nothing else is written on this host");
    } else if (why->code == HZ_E_IO && !absence_is_ours(why->sys_errno)) {
        return failed(run, main, why->sys_errno, err);
    } else if (why->code != HZ_E_LIMIT) {
        *err = *why;
        return why->code;
    }
    return give_up(run, main, a, err);
}

/* NULL: its bytes, and rows about it, are within the bounds, and *claim is to be given back. */
static const char *refused(struct run *run, const struct db_place *place, uint64_t size, struct budget_claim *claim)
{
    budget_make_room(&run->budget, size, strlen(place->origin), run->bundle);
    return budget_admit(&run->budget, size, strlen(place->origin), claim);
}

static int snapshot(struct run *run, struct db_places *places, struct db_place *main, struct hz_error *err)
{
    HZ_CLEANUP(db_snapshot_close) struct db_snapshot s;
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT((size_t)512 << 10);
    struct hz_error why = { .code = HZ_OK };
    const struct db_request request = { .root = run->root,
                                        .origin = origin_of(main),
                                        .wait_ns = run->lock_refused ? WAIT_AGAIN : WAIT,
                                        .hold_ns = run->options->db_hold_ns,
                                        .stopped = stopped,
                                        .step = step,
                                        .context = run,
                                        .directory = run->deferred.directory,
                                        .room = room_for(run) };
    struct w_action action;
    text_to_utf8(&target, main->origin, strlen(main->origin));
    action_begin(&action, "database", run->source, buf_text(&target));
    db_snapshot_init(&s);
    int taken = db_watched_take(run, &s, &request, &why);
    run->lock_refused |= s.refused;
    if (taken != HZ_OK) {
        int rc = stop_now(run) == STOP_NONE && why.code == HZ_E_TIMEOUT ? give_up(run, main, silent, err)
                                                                        : no_copy(run, main, &why, err);
        return rc == HZ_OK ? note(run, &action, &s, false, err) : rc;
    }
    if (s.files[DB_MAIN].spool < 0)
        return failed(run, main, s.files[DB_MAIN].failed != 0 ? s.files[DB_MAIN].failed : ENOENT, err);
    int rc = note(run, &action, &s, true, err);
    return rc == HZ_OK ? hand_out(run, places, main, &s, err) : rc;
}

static void free_text(char **text)
{
    free(*text);
}

/* A link on the way, or something that is no database at all. */
static int take_other(struct run *run, const struct db_place *main, int fd, const struct statx *st,
                      struct hz_error *err)
{
    HZ_CLEANUP(free_text) char *target = NULL;
    struct hz_error why = { .code = HZ_OK };
    struct walk_absence a = { .status = W_UNAVAILABLE, .reason = N_("not a regular file") };
    struct w_object object = { .source = run->source, .origin = origin_of(main), .acquired_at = stamp_now() };
    if (!S_ISLNK(st->stx_mode))
        return give_up(run, main, a, err);
    if (io_evidence_readlink(fd, &target, &object.target.len, &why) != HZ_OK)
        return failed(run, main, why.sys_errno, err);
    object.target.data = target;
    run->tally.exposed++;
    int rc = meta_read(&run->meta, fd, st, err);
    object.stat = run->meta.stat;
    return rc == HZ_OK ? w_bundle_object(run->bundle, &object, err) : rc;
}

/* *on: neither is the collection to end, nor does the file system keep silent; else why it is absent has been said. */
static int ask(struct run *run, const struct db_place *main, bool *on, struct hz_error *err)
{
    int rc = stop_now(run) == STOP_NONE ? db_probe(run, origin_of(main), err) : HZ_OK;
    enum stop_reason stop = stop_now(run);
    const struct walk_absence ended = { .status = stop_status(stop), .reason = stop_text(stop) };
    if (rc == HZ_E_TIMEOUT)
        return give_up(run, main, silent, err);
    *on = rc == HZ_OK && stop == STOP_NONE;
    return rc == HZ_OK && !*on ? give_up(run, main, ended, err) : rc;
}

static int take_database(struct run *run, struct db_places *places, size_t database, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct db_place *main = db_places_find(places, database, DB_MAIN);
    struct hz_error why = { .code = HZ_OK };
    struct budget_claim claim;
    struct walk_absence a;
    struct statx st;
    for (enum db_role role = DB_MAIN; role < DB_INDEX; role++)
        db_places_find(places, database, role)->taken = true;
    bool on = false;
    int rc = ask(run, main, &on, err);
    if (rc != HZ_OK || !on)
        return rc;
    if (look_path(run->root, main->origin, strlen(main->origin), &fd, &why) != HZ_OK ||
        io_statx(fd, &st, &why) != HZ_OK) {
        if (absence_is_ours(why.sys_errno)) {
            *err = why;
            return why.code;
        }
        a = (struct walk_absence) { .status = main->missing ? W_UNAVAILABLE : absence_status(why.sys_errno),
                                    .reason = absence_reason(why.sys_errno),
                                    .sys_errno = why.sys_errno };
        return give_up(run, main, a, err);
    }
    if (own_has(&run->own, &st)) {
        a = (struct walk_absence) { .status = W_EXCLUDED, .reason = N_("own output") };
        return give_up(run, main, a, err);
    }
    if (!S_ISREG(st.stx_mode))
        return take_other(run, main, fd, &st, err);
    a = (struct walk_absence) { .origin = origin_of(main), .status = W_OVER_BUDGET };
    a.reason = quota_admit(&run->quota, a.origin, st.stx_size, &a.failure);
    if (a.reason != NULL)
        return take_absence(run, &a, err);
    a.reason = refused(run, main, st.stx_size, &claim);
    if (a.reason == NULL) /* what is copied is admitted when it is stored */
        budget_given(&run->budget, claim, run->bundle, &run->stop);
    return a.reason == NULL ? snapshot(run, places, main, err) : give_up(run, main, a, err);
}

static int put_bytes(struct run *run, const struct db_file *f, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf piece = BUF_INIT(PIECE);
    unsigned char *bytes = buf_grow(&piece, PIECE);
    size_t got = 0;
    int rc = bytes == NULL ? buf_check(&piece, err) : HZ_OK;
    for (uint64_t done = 0; rc == HZ_OK && done < f->copied; done += got) {
        uint64_t left = f->copied - done;
        rc = io_read_at(f->spool, done, bytes, left < PIECE ? (size_t)left : PIECE, &got, err);
        if (rc == HZ_OK && got == 0)
            rc = hz_error_set(err, HZ_E_IO, _("a temporary file lost its end"));
        if (rc == HZ_OK)
            rc = w_bundle_file_data(run->bundle, bytes, got, err);
    }
    return rc;
}

static int note_read_error(struct run *run, const struct db_place *place, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT((size_t)512 << 10);
    struct w_action action;
    run->source_partial = run->tally.partial = true;
    text_to_utf8(&target, place->origin, strlen(place->origin));
    action_begin(&action, "read-error", run->source, buf_text(&target));
    action.failures = 1;
    action.detail = absence_reason(place->file.read_errno);
    return action_end(&action, run->bundle, err);
}

static int write_member(struct run *run, const struct db_place *place, struct hz_error *err)
{
    const struct db_file *f = &place->file;
    const struct w_file file = { .path = place->path,
                                 .source = run->source,
                                 .origin = origin_of(place),
                                 .method = place->method,
                                 .stat = f->meta.stat,
                                 .acquired_at = f->begun };
    int rc = w_bundle_file_begin(run->bundle, &file, f->size, err);
    if (rc == HZ_OK)
        rc = put_bytes(run, f, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_end(run->bundle, f->status, err);
    const char *cut = f->read_errno != 0 ? absence_reason(f->read_errno) : NULL;
    return rc == HZ_OK ? tally_file(&run->tally, f->status, origin_of(place), cut, err) : rc;
}

static int store(struct run *run, const struct db_place *place, struct hz_error *err)
{
    struct budget_claim claim;
    struct walk_absence a = { .status = W_OVER_BUDGET, .reason = refused(run, place, place->file.size, &claim) };
    if (a.reason != NULL)
        return give_up(run, place, a, err);
    bool deferred = strlen(place->path) > W_NAME_PATH_MAX;
    int rc = deferred ? deferred_add(&run->deferred, run->source, place->origin, strlen(place->origin), true, err)
                      : write_member(run, place, err);
    if (rc != HZ_OK)
        return rc;
    budget_given(&run->budget, claim, run->bundle, &run->stop);
    return deferred || place->file.read_errno == 0 ? HZ_OK : note_read_error(run, place, err);
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    HZ_CLEANUP(db_places_free) struct db_places places = { NULL, 0, 0 };
    const char *last = NULL;
    int rc = db_places_fill(&places, tree, run->source, err);
    for (size_t i = 0; rc == HZ_OK && i < places.count; i++) {
        struct db_place *place = &places.rows[i];
        if (!place->taken)
            rc = take_database(run, &places, place->database, err);
        if (rc != HZ_OK || place->file.spool < 0)
            continue;
        if (last != NULL && w_name_is_folder_of(last, strlen(last), place->path, strlen(place->path)))
            rc = failed(run, place, ENOTDIR, err);
        else
            rc = store(run, place, err);
        last = place->path;
        db_copy_close(&place->file);
    }
    return rc;
}

const struct source source_databases = { .name = "databases", .wanted = wanted, .plan = plan, .take = take };
