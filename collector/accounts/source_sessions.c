/* sessions: logins: utmp, wtmp, btmp, lastlog (formats/spec/sources/sessions.md). */
#include <errno.h>
#include <string.h>

#include "collector/accounts/acc_listings.h"
#include "collector/look.h"
#include "collector/plan.h"
#include "collector/sheet.h"
#include "collector/source.h"

static const struct sheet_maker makers[] = {
    { "logins", "hozen-logins/1", "generated", acc_logins_make, false },
    { "lastlog", "hozen-lastlog/1", "generated", acc_lastlog_make, false },
};
#define MAKERS (sizeof makers / sizeof makers[0])

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "sessions");
}

/* Those that most hosts have; the others are asked for where they are. */
static const char *const files[] = {
    "/run/utmp",
    "/var/log/btmp",
    "/var/log/wtmp",
};
static const char *const others[] = {
    "/run/faillock",     "/run/systemd/sessions",        "/run/systemd/users",      "/var/log/faillog",
    "/var/log/tallylog", "/var/lib/lastlog/lastlog2.db", "/var/lib/wtmpdb/wtmp.db",
};

static const char rotated[] = "/var/log"; /* where more of them lie */

struct planning {
    struct tree_node *tree;
    int root;
};

static int plan_rotated(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct planning *p = context;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    (void)type;
    if (strncmp(name, "wtmp", 4) != 0 && strncmp(name, "btmp", 4) != 0)
        return HZ_OK;
    buf_printf(&path, "%s/%s", rotated, name);
    return buf_text(&path) == NULL ? buf_check(&path, err)
                                   : plan_add(p->tree, p->root, (const char *)path.data, false, err);
}

/* A host without the folder has none of them. */
static int plan_unlisted(struct planning *p, const struct hz_error *why, struct hz_error *err)
{
    int rc = sheet_passed(why, err);
    return rc != HZ_OK || why->sys_errno == ENOENT || why->sys_errno == ENOTDIR
               ? rc
               : plan_refused(p->tree, rotated, why->sys_errno == 0 ? EIO : why->sys_errno, err);
}

static int plan_others(struct planning *p, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof others / sizeof others[0]; i++)
        rc = plan_there(p->tree, p->root, others[i], err);
    return rc;
}

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    struct planning p = { tree, root };
    struct hz_error why;
    (void)options;
    int rc = sheet_plan(tree, root, files, sizeof files / sizeof files[0], err);
    if (rc == HZ_OK && !acc_lastlog_large(root))
        rc = plan_add(tree, root, "/var/log/lastlog", false, err);
    if (rc == HZ_OK && look_list(root, rotated, plan_rotated, &p, &why) != HZ_OK)
        rc = plan_unlisted(&p, &why, err);
    return rc == HZ_OK ? plan_others(&p, err) : rc;
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    (void)options;
    return sheet_makes(makers, MAKERS, i, out);
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    return sheet_take(run, tree, makers, MAKERS, err);
}

const struct source source_sessions = {
    .name = "sessions", .wanted = wanted, .plan = plan, .makes = makes, .take = take
};
