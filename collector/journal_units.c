#include "collector/journal_units.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "collector/absence.h"
#include "collector/journal_alias.h"
#include "collector/take.h"
#include "collector/tool.h"
#include "formats/write/name.h"

#define FOLDER "+journalctl" /* before all that a host's own paths are likely to begin with */

struct unit {
    const char *name;
    struct buf folder; /* mapped; told apart from one that differs in case only */
};

struct units {
    struct unit *rows; /* owned, in the order of the bundle */
    size_t count;
};

static void units_free(struct units *u)
{
    for (size_t i = 0; i < u->count; i++)
        buf_free(&u->rows[i].folder);
    free(u->rows);
}

static int compare_folders(const struct unit *a, const struct unit *b)
{
    return w_name_compare((const char *)a->folder.data, a->folder.len, (const char *)b->folder.data, b->folder.len);
}

static int compare(const void *left, const void *right)
{
    const struct unit *a = left, *b = right;
    int order = compare_folders(a, b);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static bool is_listed(const struct units *u, const char *name)
{
    for (size_t i = 0; i < u->count; i++)
        if (strcmp(u->rows[i].name, name) == 0)
            return true;
    return false;
}

static int units_list(struct units *u, const struct collect_options *options, struct hz_error *err)
{
    u->rows = calloc(options->unit_count, sizeof *u->rows);
    if (u->rows == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; i < options->unit_count; i++) {
        if (is_listed(u, options->units[i]))
            continue;
        struct unit *row = &u->rows[u->count++];
        *row = (struct unit) { .name = options->units[i], .folder = BUF_INIT(W_NAME_PATH_MAX) };
        int rc = w_name_component(&row->folder, row->name, strlen(row->name), err);
        if (rc != HZ_OK)
            return rc;
    }
    qsort(u->rows, u->count, sizeof *u->rows, compare);
    for (size_t i = u->count; i-- > 1;) { /* from the end: the one before still has its plain name */
        struct unit *row = &u->rows[i];
        if (compare_folders(row - 1, row) != 0)
            continue;
        int rc = w_name_twin(&row->folder, row->name, strlen(row->name), err);
        if (rc != HZ_OK)
            return rc;
    }
    qsort(u->rows, u->count, sizeof *u->rows, compare);
    return HZ_OK;
}

static int absent(struct run *run, const char *unit, enum w_absent_status status, const char *why, int sys_errno,
                  struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1000);
    buf_printf(&reason, "journalctl for the unit %s: %s", unit, why);
    const struct walk_absence row = {
        .status = status, .reason = buf_text(&reason), .sys_errno = sys_errno, .failure = !options_rooted(run->options)
    };
    return row.reason == NULL ? buf_check(&reason, err) : take_absence(run, &row, err);
}

static int none_taken(struct run *run, const struct units *u, enum w_absent_status status, const char *why,
                      int sys_errno, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < u->count; i++)
        rc = absent(run, u->rows[i].name, status, why, sys_errno, err);
    return rc;
}

/* Would a host file of this source stand before or in our folder? Only where links lead the journal to such a place. */
static int is_in_the_way(const struct tree_node *tree, bool *out, struct hz_error *err)
{
    *out = false;
    for (size_t i = 0; i < tree->count; i++) {
        HZ_CLEANUP(buf_free) struct buf mapped = BUF_INIT(W_NAME_PATH_MAX);
        int rc = w_name_component(&mapped, tree->children[i]->name, tree->children[i]->len, err);
        if (rc != HZ_OK)
            return rc;
        *out |= w_name_compare((const char *)mapped.data, mapped.len, FOLDER, sizeof FOLDER - 1) <= 0;
    }
    return HZ_OK;
}

struct form {
    const char *file, *option, *empty;
};

/* journalctl takes the entries of both. */
static int put_alias(int root, const char *unit, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(1000);
    int rc = journal_alias(root, unit, &name, err);
    if (rc != HZ_OK || name.len == 0)
        return rc;
    buf_printf(out, "--unit=%s", (const char *)name.data);
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

static int take_form(struct run *run, const struct tool *tool, const struct unit *unit, const struct form *form,
                     struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(W_NAME_PATH_MAX);
    HZ_CLEANUP(buf_free) struct buf about = BUF_INIT(1000);
    HZ_CLEANUP(buf_free) struct buf choice = BUF_INIT(1000);
    HZ_CLEANUP(buf_free) struct buf alias = BUF_INIT(1000);
    HZ_CLEANUP(buf_free) struct buf since = BUF_INIT(1000);
    const struct collect_options *o = run->options;
    buf_puts(&path, "data/journal/" FOLDER "/");
    buf_put(&path, unit->folder.data, unit->folder.len);
    buf_printf(&path, "/%s", form->file);
    buf_printf(&about, "journalctl for the unit %s", unit->name);
    buf_printf(&choice, "--unit=%s", unit->name);
    buf_printf(&since, "--since=@%" PRId64, o->since.seconds < 0 ? 0 : o->since.seconds); /* it takes no less */
    if (buf_text(&path) == NULL || buf_text(&about) == NULL || buf_text(&choice) == NULL || buf_text(&since) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    int rc = put_alias(run->root, unit->name, &alias, err);
    if (rc != HZ_OK)
        return rc;
    const char *argv[8] = { tool->path, "--no-pager", form->option, "--utc", (const char *)choice.data };
    size_t count = 5;
    if (alias.len > 0)
        argv[count++] = (const char *)alias.data;
    if (o->has_since)
        argv[count] = (const char *)since.data;
    const struct tool_command command = {
        .argv = argv, .path = (const char *)path.data, .about = (const char *)about.data, .empty = form->empty
    };
    return tool_take(run, tool, &command, err);
}

static int take_units(struct run *run, const struct tool *tool, const struct units *u, struct hz_error *err)
{
    static const struct form forms[] = {
        { "journal.export", "--output=export",
          N_("the journal has no entries of a unit of this name in the time asked for") },
        { "journal.txt", "--output=short-iso-precise", NULL },
    };
    int rc = HZ_OK;
    for (size_t i = 0; i < u->count; i++)
        for (size_t k = 0; rc == HZ_OK && k < 2; k++)
            rc = take_form(run, tool, &u->rows[i], &forms[k], err);
    return rc;
}

int journal_units_take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    static const char *const places[] = { "/usr/bin/journalctl", "/bin/journalctl" };
    HZ_CLEANUP(units_free) struct units u = { NULL, 0 };
    struct tool tool;
    struct hz_error why;
    bool in_the_way;
    if (run->options->unit_count == 0)
        return HZ_OK;
    int rc = units_list(&u, run->options, err);
    if (rc == HZ_OK)
        rc = is_in_the_way(tree, &in_the_way, err);
    if (rc != HZ_OK)
        return rc;
    if (options_rooted(run->options))
        return none_taken(run, &u, W_UNAVAILABLE, N_("not run: an image of a file system was named with --root"), 0,
                          err);
    if (in_the_way)
        return none_taken(run, &u, W_UNAVAILABLE, N_("its name in the bundle would equal another's"), 0, err);
    if (tool_find(run->root, places, 2, &tool, &why) == HZ_OK)
        return take_units(run, &tool, &u, err);
    if (why.code == HZ_E_NOMEM || why.code == HZ_E_CRYPTO || absence_is_ours(why.sys_errno)) {
        *err = why;
        return why.code;
    }
    if (why.code == HZ_E_NOTFOUND)
        return none_taken(run, &u, W_UNAVAILABLE, N_("it is not on this host"), why.sys_errno, err);
    return none_taken(run, &u, absence_status(why.sys_errno), N_("it cannot be read"), why.sys_errno, err);
}
