/* Patterns of paths below a root, and the limits that hold for what they find. */
#include "collector/profiles/profile_glob.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io_open.h"
#include "collector/profiles/quota.h"
#include "tests/unit/base/folder.h"

struct finds {
    char text[65536];
    size_t count, stop, refusals;
    char refused[512]; /* the last one, and why */
};

static int on_found(void *context, const char *path, struct hz_error *err)
{
    struct finds *f = context;
    (void)err;
    if (strlen(f->text) + strlen(path) + 2 < sizeof f->text) {
        strncat(f->text, path, sizeof f->text - strlen(f->text) - 1);
        strncat(f->text, "\n", sizeof f->text - strlen(f->text) - 1);
    }
    return ++f->count == f->stop ? HZ_E_CHANGED : HZ_OK;
}

static int on_refused(void *context, const char *path, int sys_errno, struct hz_error *err)
{
    struct finds *f = context;
    (void)err;
    (void)snprintf(f->refused, sizeof f->refused, "%s %d", path, sys_errno);
    f->refusals++;
    return HZ_OK;
}

static struct finds found;
static bool cut;
static const struct profile_glob_sink sink = { &found, on_found, on_refused };

/* Below the test's folder, as if it were the root; the number of matches. */
static size_t look(const char *pattern)
{
    HZ_CLEANUP(io_close) int root = -1;
    struct hz_error err;
    found = (struct finds) { .count = 0 };
    cut = false;
    assert_int_equal(io_open_directory(".", &root, &err), HZ_OK);
    assert_int_equal(profile_glob(root, pattern, NULL, &sink, &cut, &err), HZ_OK);
    return found.count;
}

static bool has(const char *path)
{
    const char *at = strstr(found.text, path);
    return at != NULL && (at == found.text || at[-1] == '\n') && at[strlen(path)] == '\n';
}

static void tree(void)
{
    static const char *const folders[] = { "users",        "users/a", "users/b", "users/.c", "users/a/.ssh",
                                           "users/b/.ssh", "etc",     "srv",     "srv/[x]" };
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        assert_int_equal(mkdir(folders[i], 0755), 0);
    folder_write("users/a/.ssh/keys", "");
    folder_write("users/file", "");
    folder_write("etc/one.db", "");
    folder_write("etc/two.db", "");
    folder_write("srv/[x]/f", "");
    assert_int_equal(symlink("/etc", "conf"), 0);    /* inside the root */
    assert_int_equal(symlink("../../etc", "up"), 0); /* not out of it */
    assert_int_equal(symlink("/users/a", "users/l"), 0);
    assert_int_equal(symlink("gone", "users/dead"), 0);
}

static void finds(void **state)
{
    (void)state;
    tree();
    assert_int_equal(look("/users/*/.ssh"), 3);
    assert_true(has("/users/a/.ssh") && has("/users/b/.ssh") && has("/users/l/.ssh"));
    assert_int_equal(look("/users/*/.ssh/*"), 2);
    assert_int_equal(look("/users/*"), 6); /* names with a dot, files and links that lead nowhere, too */
    assert_true(has("/users/.c") && has("/users/file") && has("/users/dead"));
    assert_int_equal(look("/*/*.db"), 6); /* etc, conf, up */
    assert_true(has("/conf/one.db") && has("/up/two.db"));
    assert_int_equal(look("/etc/[!o]*.d?"), 1);
    assert_true(has("/etc/two.db"));
    assert_int_equal(look("/srv/[[]x]/f"), 1);
    assert_int_equal(look("/users/a"), 1);
    assert_int_equal(look("/nowhere/*"), 0);
    assert_int_equal(look("/users/file/*"), 0);
    assert_int_equal(look("/users/dead/*"), 0);
    assert_int_equal(look("/nowhere"), 0);
    assert_false(cut);
}

static void what_is_away_is_passed_over(void **state)
{
    (void)state;
    HZ_CLEANUP(io_close) int root = -1;
    char *list[] = { "/users/a", "/etc/one" };
    const struct away away = { list, 2 };
    struct hz_error err;
    tree();
    found = (struct finds) { .count = 0 };
    assert_int_equal(io_open_directory(".", &root, &err), HZ_OK);
    assert_int_equal(profile_glob(root, "/users/*/.ssh", &away, &sink, &cut, &err), HZ_OK);
    assert_false(has("/users/a/.ssh"));
    assert_true(has("/users/b/.ssh"));
    assert_int_equal(profile_glob(root, "/etc/*", &away, &sink, &cut, &err), HZ_OK);
    assert_true(has("/etc/one.db")); /* no component of that name */
}

static void what_cannot_be_looked_at_is_told(void **state)
{
    (void)state;
    char pattern[400];
    tree();
    (void)snprintf(pattern, sizeof pattern, "/users/*/%0300d", 0);
    assert_int_equal(look(pattern), 0);
    assert_int_equal(found.refusals,
                     4); /* of folders, one by way of a link; .ssh of a file is none that could be there */
    assert_non_null(strstr(found.refused, " 36"));
    assert_int_equal(look("/users/*/.ssh"), 3);
    assert_int_equal(found.refusals, 0);
}

static void ends(void **state)
{
    (void)state;
    HZ_CLEANUP(io_close) int root = -1;
    struct hz_error err;
    tree();
    found = (struct finds) { .stop = 2 };
    assert_int_equal(io_open_directory(".", &root, &err), HZ_OK);
    assert_int_equal(profile_glob(root, "/*/*", NULL, &sink, &cut, &err), HZ_E_CHANGED);
    assert_int_equal(found.count, 2);
}

static void is_cut(void **state)
{
    (void)state;
    char name[64];
    assert_int_equal(mkdir("many", 0755), 0);
    for (int i = 0; i <= PROFILE_GLOB_MAX; i++) {
        snprintf(name, sizeof name, "many/%d", i);
        assert_int_equal(symlink("x", name), 0);
    }
    assert_int_equal(look("/many/*"), PROFILE_GLOB_MAX);
    assert_true(cut);
}

static void patterns(void **state)
{
    (void)state;
    assert_true(profile_glob_valid("/a/*.b") && profile_glob_valid("/.x") && profile_glob_valid("/a/..."));
    static const char *const none[] = { "", "a", "/", "//a", "/a/", "/a//b", "/a/./b", "/a/..", "/." };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(profile_glob_valid(none[i]));
}

static struct w_bytes path(const char *text)
{
    return (struct w_bytes) { text, strlen(text) };
}

static void limits_what_is_found(void **state)
{
    (void)state;
    static const char *const typed[] = { "logs" };
    struct collect_options o = { .typed_sources = typed, .typed_source_count = 1 };
    struct tree_node *plan, *named;
    struct hz_error err;
    struct quota q;
    bool failure = true;
    o.profiles.max_file_size = 100;
    o.profiles.total = 250;
    assert_int_equal(tree_new(&plan, &err), HZ_OK);
    assert_int_equal(tree_add(plan, "/srv/named", 10, &named, &err), HZ_OK);
    named->asked = named->named = true;
    assert_int_equal(tree_add(plan, "/srv/found", 10, &named, &err), HZ_OK);
    named->asked = true;
    quota_begin(&q, &o);
    quota_source(&q, &o, "files", plan);
    assert_null(quota_admit(&q, path("/srv/found"), 100, &failure));
    assert_string_equal(quota_admit(&q, path("/srv/found/b"), 101, &failure), "larger than the profile takes");
    assert_false(failure);
    assert_null(quota_admit(&q, path("/srv/named"), 1000, &failure));
    assert_null(quota_admit(&q, path("/srv/named/below/it"), 1000, &failure));
    assert_non_null(quota_admit(&q, path("/srv/named-not"), 1000, &failure));
    assert_null(quota_admit(&q, path("/x"), 100, &failure));
    assert_string_equal(quota_admit(&q, path("/x"), 51, &failure), "more in all than the profile takes");
    assert_true(failure);
    assert_null(quota_admit(&q, path("/x"), 50, &failure));
    quota_source(&q, &o, "logs", plan);
    assert_null(quota_admit(&q, path("/var/log/x"), 1000, &failure));
    tree_free(plan);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(finds, folder_enter, folder_leave),
          cmocka_unit_test_setup_teardown(ends, folder_enter, folder_leave),
          cmocka_unit_test_setup_teardown(what_cannot_be_looked_at_is_told, folder_enter, folder_leave),
          cmocka_unit_test_setup_teardown(what_is_away_is_passed_over, folder_enter, folder_leave),
          cmocka_unit_test_setup_teardown(is_cut, folder_enter, folder_leave), cmocka_unit_test(patterns),
          cmocka_unit_test(limits_what_is_found))
