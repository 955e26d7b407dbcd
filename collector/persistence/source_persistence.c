/* persistence: what starts by itself, and what runs with more rights than its user
 * (formats/spec/sources/persistence.md). */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "collector/persistence/pers_homes.h"
#include "collector/persistence/pers_hunt.h"
#include "collector/persistence/pers_observe.h"
#include "collector/persistence/pers_owned.h"
#include "collector/persistence/pers_privileged.h"
#include "collector/persistence/pers_settle.h"
#include "collector/persistence/pers_ssh.h"
#include "collector/persistence/pers_write.h"
#include "collector/products.h"
#include "collector/servant.h"
#include "collector/source.h"
#include "collector/take.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "persistence");
}

static int add_found(struct tree_node *tree, const struct pers_paths *found, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < found->count; i++) {
        struct tree_node *node = NULL;
        rc = tree_add(tree, found->list[i].at, found->list[i].len, &node, err);
        if (rc == HZ_OK)
            node->asked = true;
    }
    return rc;
}

/* The places of the system that are there; those in home folders are known when it is taken. */
static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    struct pers_hunt *h = NULL;
    (void)options;
    int rc = pers_hunt_new(&h, root, NULL, NULL, err);
    if (rc == HZ_OK) {
        h->read = false;
        pers_hunt_run(h);
        rc = h->rc;
        if (rc != HZ_OK)
            *err = h->error;
    }
    if (rc == HZ_OK)
        rc = add_found(tree, &h->found, err);
    pers_hunt_free(h);
    return rc;
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    static const char *const names[] = { "autostart.jsonl", "autostart.txt", "privileged.jsonl", "privileged.txt" };
    (void)options;
    if (i >= sizeof names / sizeof names[0])
        return false;
    buf_puts(out, names[i]);
    return true;
}

static const char *skip(const struct collect_options *options, const struct walk_item *item, bool content)
{
    (void)options;
    (void)content;
    return S_ISREG(item->stat.stx_mode) && item->stat.stx_size > PERS_TAKEN_MAX ? "larger than 64 MiB" : NULL;
}

#define ROUND ((size_t)512) /* homes */

struct taking {
    struct run *run;
    struct pers_homes homes;
    struct pers_paths keys; /* where sshd looks for keys */
    struct pers_rows rows;
    struct pers_paths found;
    struct pers_privileged privileged;
    struct pkg_owners *owners; /* owned; NULL: not known */
    void **hunts;              /* owned, as is each that the servants did not keep */
    bool wary;                 /* this is a second try */
    size_t count, first;       /* first: of this round among the homes */
};

static void taking_free(struct taking *t)
{
    for (size_t i = 0; t->hunts != NULL && i < t->count; i++)
        pers_hunt_free(t->hunts[i]);
    free(t->hunts);
    pers_homes_free(&t->homes);
    pers_paths_free(&t->keys);
    pers_rows_free(&t->rows);
    pers_paths_free(&t->found);
    pers_privileged_free(&t->privileged);
    pkg_owner_free(t->owners);
}

static int note_lost(struct taking *t, size_t i, bool begun, struct hz_error *err)
{
    enum stop_reason why = stop_now(t->run);
    const char *home = t->homes.count > 0 ? t->homes.list[t->first + i].path : "/etc";
    struct walk_absence absence = { .origin = { home, strlen(home) },
                                    .status = W_TIMEOUT,
                                    .reason = N_("its file system did not answer in time"),
                                    .failure = true };
    if (!begun && why == STOP_NONE) {
        absence.reason = N_("not begun: too many others did not answer");
    } else if (!begun) {
        absence.status = stop_status(why);
        absence.reason = stop_text(why);
    }
    return take_absence(t->run, &absence, err);
}

static int add_all(struct pers_paths *to, const struct pers_paths *from, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < from->count; i++)
        rc = pers_paths_add(to, from->list[i], err);
    return rc;
}

/* The lost one is the thread's that was left behind; it is tried again. Those that did not begin yet keep away from
 * such places from now on. */
static void warn_others(struct taking *t, size_t lost)
{
    t->hunts[lost] = NULL;
    for (size_t i = lost + 1; i < t->count; i++)
        atomic_store(&((struct pers_hunt *)t->hunts[i])->wary, true);
}

static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct taking *t = context;
    if (lost && begun)
        warn_others(t, i);
    if (lost)
        return begun && !t->wary ? HZ_OK : note_lost(t, i, begun, err);
    struct pers_hunt *h = t->hunts[i];
    if (h->rc != HZ_OK) {
        *err = h->error;
        return h->rc;
    }
    t->run->tally.exposed += h->exposed;
    int rc = pers_observe_absences(t->run, &h->absences, h->home != NULL ? h->home : "/etc", err);
    if (rc == HZ_OK)
        rc = pers_rows_move(&t->rows, &h->rows, err);
    return rc == HZ_OK ? add_all(&t->found, &h->found, err) : rc;
}

static int run_batch(struct taking *t, struct hz_error *err)
{
    const struct servant_batch batch = {
        .work = pers_hunt_run, .contexts = t->hunts, .count = t->count, .threads = 2, .done = done, .done_context = t
    };
    return servant_batch(t->run, &batch, err);
}

static int new_hunt(struct taking *t, size_t at, struct pers_hunt **out, struct hz_error *err)
{
    const struct pers_home *home = t->homes.count > 0 ? &t->homes.list[at] : NULL;
    int rc = pers_hunt_new(out, t->run->root, home == NULL ? NULL : home->path, home == NULL ? NULL : home->user, err);
    return rc != HZ_OK || home == NULL ? rc : pers_ssh_expand(&t->keys, home, &(*out)->keys, err);
}

/* Where no answer came, warily: one thing behind a file system that is silent must not hide the others. */
static int run_again(struct taking *t, struct hz_error *err)
{
    struct taking whole = *t;
    int rc = HZ_OK;
    t->wary = true;
    t->count = 1;
    for (size_t i = 0; rc == HZ_OK && i < whole.count; i++) {
        struct pers_hunt *h = NULL;
        void *hunts[] = { NULL };
        if (whole.hunts[i] != NULL)
            continue;
        t->first = whole.first + i;
        t->hunts = hunts;
        rc = new_hunt(t, t->first, &h, err);
        hunts[0] = h;
        if (rc == HZ_OK) {
            atomic_store(&h->wary, true);
            rc = run_batch(t, err);
        }
        pers_hunt_free(hunts[0]);
    }
    t->wary = false;
    t->hunts = whole.hunts;
    t->count = whole.count;
    t->first = whole.first;
    return rc;
}

static int run_hunts(struct taking *t, struct hz_error *err)
{
    int rc = run_batch(t, err);
    if (rc == HZ_OK)
        rc = run_again(t, err);
    for (size_t i = 0; i < t->count; i++)
        pers_hunt_free(t->hunts[i]);
    free(t->hunts);
    t->hunts = NULL;
    t->count = 0;
    return rc;
}

static int make_hunts(struct taking *t, size_t count, struct hz_error *err)
{
    t->hunts = calloc(count + 1, sizeof *t->hunts);
    return t->hunts == NULL ? hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory")) : HZ_OK;
}

static int hunt_system(struct taking *t, struct hz_error *err)
{
    struct pers_hunt *h = NULL;
    int rc = make_hunts(t, 1, err);
    if (rc == HZ_OK)
        rc = pers_hunt_new(&h, t->run->root, NULL, NULL, err);
    if (rc == HZ_OK) {
        t->hunts[t->count++] = h;
        rc = run_hunts(t, err);
    }
    return rc == HZ_OK ? pers_ssh_places(&t->rows, &t->keys, err) : rc;
}

static int note_more_homes(struct run *run, struct hz_error *err)
{
    const struct walk_absence absence = { .origin = { "/etc/passwd", strlen("/etc/passwd") },
                                          .status = W_OVER_BUDGET,
                                          .reason = N_("more home folders than are looked into"),
                                          .failure = true };
    return take_absence(run, &absence, err);
}

/* Homes in rounds: what waits for its turn costs memory. */
static int hunt_round(struct taking *t, size_t first, size_t count, struct hz_error *err)
{
    int rc = make_hunts(t, count, err);
    t->first = first;
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        struct pers_hunt *h = NULL;
        rc = new_hunt(t, first + i, &h, err);
        if (h != NULL)
            t->hunts[t->count++] = h;
    }
    return rc == HZ_OK ? run_hunts(t, err) : rc;
}

static int hunt_homes(struct taking *t, struct hz_error *err)
{
    int rc = pers_homes_find(&t->homes, t->run->root, err);
    if (rc == HZ_OK)
        rc = pers_observe_absences(t->run, &t->homes.absences, "/home", err);
    if (rc == HZ_OK && t->homes.more)
        rc = note_more_homes(t->run, err);
    t->rows.full |= t->homes.more;
    for (size_t first = 0; rc == HZ_OK && first < t->homes.count; first += ROUND)
        rc = hunt_round(t, first, t->homes.count - first < ROUND ? t->homes.count - first : ROUND, err);
    return rc;
}

static int write_all(struct taking *t, const struct tree_node *tree, struct hz_error *err)
{
    struct products *p = NULL;
    int rc = products_open(&p, t->run, err);
    if (rc == HZ_OK)
        rc = pers_write(p, &t->rows, err);
    if (rc == HZ_OK)
        rc = pers_privileged_write(t->run, p, &t->privileged, t->owners, err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    return rc;
}

/* An answer that does not come leaves owners unknown, and the thread has what it works with. */
static int ask_owners(struct taking *t, struct hz_error *err)
{
    struct hz_error why;
    int rc = servant_do(t->run, pkg_owner_find, t->owners, &why);
    if (rc == HZ_OK && t->owners->rc != HZ_OK) {
        *err = t->owners->error;
        return t->owners->rc;
    }
    if (rc == HZ_E_CHANGED)
        pkg_owner_free(t->owners);
    if (rc == HZ_E_TIMEOUT || rc == HZ_E_CHANGED) {
        const struct walk_absence absence = { .origin = { "/var/lib/dpkg", strlen("/var/lib/dpkg") },
                                              .status = W_TIMEOUT,
                                              .reason = N_("which packages own these files was not found out in time"),
                                              .failure = true };
        t->owners = NULL;
        return take_absence(t->run, &absence, err);
    }
    if (rc != HZ_OK)
        *err = why;
    return rc;
}

static int find_owners(struct taking *t, struct hz_error *err)
{
    int rc = pkg_owner_new(&t->owners, t->run->root, err);
    if (rc == HZ_OK)
        rc = pers_owned_ask(&t->rows, t->owners, err);
    if (rc == HZ_OK)
        rc = pers_privileged_ask(&t->privileged, t->owners, err);
    if (rc == HZ_OK)
        rc = ask_owners(t, err);
    if (rc == HZ_OK && t->owners != NULL) {
        t->run->tally.exposed += t->owners->exposed;
        rc = pers_observe_absences(t->run, &t->owners->absences, "/var/lib/dpkg", err);
    }
    if (rc == HZ_OK && t->owners != NULL)
        rc = pers_owned_tell(&t->rows, t->owners, err);
    if (rc == HZ_OK)
        rc = pers_owned_take(&t->rows, &t->found, err);
    return rc == HZ_OK ? pers_observe_rows(t->run, &t->rows, t->owners != NULL && t->owners->known, err) : rc;
}

static int take(struct run *run, const struct tree_node *planned, struct hz_error *err)
{
    HZ_CLEANUP(taking_free) struct taking t = { .run = run };
    struct tree_node *tree = NULL;
    (void)planned; /* taken anew: what was found meanwhile is all of it, and more */
    int rc = hunt_system(&t, err);
    if (rc == HZ_OK)
        rc = hunt_homes(&t, err);
    if (rc == HZ_OK)
        rc = pers_settle_units(&t.rows, err);
    if (rc == HZ_OK)
        rc = pers_privileged_find(run, &t.privileged, err);
    pers_rows_sort(&t.rows);
    if (rc == HZ_OK)
        rc = find_owners(&t, err);
    if (rc == HZ_OK)
        rc = tree_new(&tree, err);
    if (rc == HZ_OK)
        rc = add_found(tree, &t.found, err);
    if (rc == HZ_OK)
        rc = write_all(&t, tree, err);
    tree_free(tree);
    return rc;
}

const struct source source_persistence = {
    .name = "persistence", .wanted = wanted, .plan = plan, .makes = makes, .skip = skip, .take = take
};
