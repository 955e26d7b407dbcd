/* accounts: users, groups, their rights and shell histories (formats/spec/sources/accounts.md). */
#include "collector/accounts/acc_listings.h"
#include "collector/sheet.h"
#include "collector/source.h"

static const struct sheet_maker makers[] = {
    { "users", "hozen-users/1", "generated", acc_users_make, true },
    { "groups", "hozen-groups/1", "generated", acc_groups_make, false },
    { "rights", "hozen-rights/1", "generated", acc_rights_make, false },
    { "histories", "hozen-histories/1", "generated", acc_histories_make, true },
};
#define MAKERS (sizeof makers / sizeof makers[0])

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "accounts");
}

/* The files themselves, and the copies that shadow's tools keep of them. Histories are found when they are taken. */
static const char *const files[] = {
    "/etc/doas.conf", "/etc/group",   "/etc/group-",    "/etc/gshadow", "/etc/gshadow-",  "/etc/login.defs",
    "/etc/passwd",    "/etc/passwd-", "/etc/security",  "/etc/shadow",  "/etc/shadow-",   "/etc/shells",
    "/etc/subgid",    "/etc/subuid",  "/etc/sudo.conf", "/etc/sudoers", "/etc/sudoers.d",
};

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    (void)options;
    return sheet_plan(tree, root, files, sizeof files / sizeof files[0], err);
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

const struct source source_accounts = {
    .name = "accounts", .wanted = wanted, .plan = plan, .makes = makes, .take = take
};
