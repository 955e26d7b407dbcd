#include "collector/resolve.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static char here[4096];

/* Resolves path (absolute, or below the test's folder) and compares; %s in what is expected stands for the folder. */
static void expect(const char *path, const char *resolved, const char *target, int missing)
{
    struct hz_error err;
    struct resolved r;
    char full[8192], want[8192];
    int root = -1;
    assert_int_equal(io_open_directory("/", &root, &err), HZ_OK);
    snprintf(full, sizeof full, "%s%s%s", path[0] == '/' ? "" : here, path[0] == '/' ? "" : "/", path);
    resolve_init(&r);
    assert_int_equal(resolve_path(root, full, &r, &err), HZ_OK);
    snprintf(want, sizeof want, "%s%s", resolved[0] == '/' ? "" : here, resolved);
    if (resolved[0] != '/' && resolved[0] != '\0')
        snprintf(want, sizeof want, "%s/%s", here, resolved);
    assert_string_equal(buf_text(&r.path), want);
    assert_int_equal(r.link, target != NULL);
    if (target != NULL) {
        snprintf(want, sizeof want, "%s%s%s", target[0] == '/' ? "" : here, target[0] == '/' ? "" : "/", target);
        assert_string_equal(buf_text(&r.target), want);
    }
    assert_int_equal(r.missing, missing);
    resolve_free(&r);
    io_close(&root);
}

static void make(void)
{
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(mkdir("d", 0755), 0);
    assert_int_equal(mkdir("d/e", 0755), 0);
    folder_write("d/e/f", "");
    assert_int_equal(symlink("d", "way"), 0);
    assert_int_equal(symlink("../way/e", "d/up"), 0);
    assert_int_equal(symlink("e/f", "d/last"), 0);
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    assert_int_equal(symlink("loop2", "loop1"), 0);
    assert_int_equal(symlink("loop1", "loop2"), 0);
    assert_int_equal(symlink("/", "root"), 0);
}

static void plain_paths(void **state)
{
    (void)state;
    make();
    expect("/", "/", NULL, 0);
    expect("//..//../.", "/", NULL, 0);
    expect("d/e/f", "d/e/f", NULL, 0);
    expect("./d//e/./f", "d/e/f", NULL, 0);
    expect("d/e/..", "d", NULL, 0);
    expect("d/e/../e/f", "d/e/f", NULL, 0);
    expect("d/e/", "d/e", NULL, 0);
    expect("", "", NULL, 0);
}

static void links(void **state)
{
    (void)state;
    make();
    expect("way/e", "d/e", NULL, 0);
    expect("way", "way", "d", 0);
    expect("way/", "d", NULL, 0);
    expect("way/.", "d", NULL, 0);
    expect("way/up/f", "d/e/f", NULL, 0);
    expect("way/up/..", "d", NULL, 0); /* of where the link leads to, not of where it lies */
    expect("way/last", "d/last", "d/e/f", 0);
    expect("dangling", "dangling", "nowhere", 0);
    expect("root/etc/..", "/", NULL, 0);
    expect("loop1", "loop1", "loop2", 0);
}

static void ways_that_end(void **state)
{
    (void)state;
    make();
    expect("no", "no", NULL, ENOENT);
    expect("no/such/../file", "no/such", NULL, ENOENT);
    expect("no/../../..", "no", NULL, ENOENT); /* never what lies elsewhere */
    expect("d/e/f/g/./h", "d/e/f/g/h", NULL, ENOTDIR);
    expect("dangling/x", "nowhere/x", NULL, ENOENT);
    struct resolved r;
    struct hz_error err;
    int root = -1;
    char full[8192];
    snprintf(full, sizeof full, "%s/loop1/x", here);
    assert_int_equal(io_open_directory("/", &root, &err), HZ_OK);
    resolve_init(&r);
    assert_int_equal(resolve_path(root, full, &r, &err), HZ_OK);
    assert_int_equal(r.missing, ELOOP);
    resolve_free(&r);
    io_close(&root);
}

static void expect_unseen(const char *path, const char *made)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(4096);
    struct hz_error err;
    assert_int_equal(resolve_unseen(path, &out, &err), HZ_OK);
    assert_string_equal(buf_text(&out), made);
}

static void ways_that_nobody_looks_at(void **state)
{
    (void)state;
    expect_unseen("/", "/");
    expect_unseen("//./", "/");
    expect_unseen("//no/./such//file/", "/no/such/file");
    expect_unseen("/no/such/../file", "/no/such"); /* a link may stand there */
    expect_unseen("/../no", "/");
}

TEST_MAIN(FOLDER_TEST(plain_paths), FOLDER_TEST(links), FOLDER_TEST(ways_that_end),
          cmocka_unit_test(ways_that_nobody_looks_at))
