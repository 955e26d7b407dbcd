#include "tests/unit/verify/served.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "verify/extract.h"

static char scratch[64], target[128];

static int make_scratch(void **state)
{
    (void)state;
    snprintf(scratch, sizeof scratch, "/tmp/hozen-extract-XXXXXX");
    snprintf(target, sizeof target, "%s/out", mkdtemp(scratch) ? scratch : "");
    return r_hash_start(NULL);
}

/* Through the same door by which a failed extraction goes */
static void remove_target(void)
{
    char partial[256];
    struct io_tree t = IO_TREE_INIT;

    snprintf(partial, sizeof partial, "%s.partial", target);
    if (access(target, F_OK) == 0)
        assert_int_equal(rename(target, partial), 0);
    if (access(partial, F_OK) != 0)
        return;
    t.name = strdup("out");
    t.partial = strdup("out.partial");
    assert_int_equal(io_open_directory(scratch, &t.directory, NULL), HZ_OK);
    assert_int_equal(io_open_directory(partial, &t.fd, NULL), HZ_OK);
    io_tree_abort(&t);
    assert_int_not_equal(access(partial, F_OK), 0);
}

static int remove_scratch(void **state)
{
    (void)state;
    remove_target();
    return rmdir(scratch);
}

static void take_out(struct extract *e, const char *bundle, const char *const *paths, size_t count)
{
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM);
    struct reader_listener ears;
    struct account a;

    assert_int_equal(extract_begin(e, target, paths, count, NULL), HZ_OK);
    ears = extract_listener(e);
    served_messages(bundle, true, false, &messages);
    account_init(&a);
    assert_int_equal(served_listen(messages.data, messages.len, &ears, &a, NULL), HZ_OK);
    account_free(&a);
}

static void check_file(const char *name, const char *content)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    char path[512];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", target, name);
    assert_int_equal(io_read_file(path, &text, NULL), HZ_OK);
    assert_string_equal(buf_text(&text), content);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode, S_IFREG | 0600);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void test_all(void **state)
{
    struct extract e;
    struct stat st;
    char folder[256];

    (void)state;
    take_out(&e, "good/p256.tar", NULL, 0);
    assert_false(is_there(target));
    assert_int_equal(extract_check(&e, NULL), HZ_OK);
    assert_int_equal(extract_commit(&e, NULL), HZ_OK);
    assert_int_equal(e.files, 4);
    assert_int_equal(e.bytes, 118);
    extract_abort(&e);
    check_file("data/files/etc/hosts", "127.0.0.1 localhost\n");
    snprintf(folder, sizeof folder, "%s/data/files", target);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR | 0700);
    remove_target();
}

static void test_some(void **state)
{
    static const char *const paths[] = { "data/files/etc/hosts", "data/system/" };
    static const char *const wrong[] = { "data/files/etc/host", "data/system" };
    struct hz_error err;
    struct extract e;
    char path[256];

    (void)state;
    take_out(&e, "good/p256.tar", paths, 2);
    assert_int_equal(extract_check(&e, NULL), HZ_OK);
    assert_int_equal(extract_commit(&e, NULL), HZ_OK);
    assert_int_equal(e.files, 2);
    snprintf(path, sizeof path, "%s/data/files/etc/passwd", target);
    assert_false(is_there(path));
    extract_abort(&e);
    remove_target();
    take_out(&e, "good/p256.tar", wrong, 2);
    assert_int_equal(extract_check(&e, &err), HZ_E_NOTFOUND);
    assert_non_null(strstr(err.text, "data/files/etc/host"));
    extract_abort(&e);
}

/* Given up: nothing is left, neither the directory nor what it was called meanwhile */
static void test_given_up(void **state)
{
    char partial[256];
    struct extract e;

    (void)state;
    take_out(&e, "good/long-names.tar", NULL, 0);
    snprintf(partial, sizeof partial, "%s.partial", target);
    assert_true(is_there(partial));
    extract_abort(&e);
    assert_false(is_there(partial) || is_there(target));
}

static void test_there_already(void **state)
{
    struct extract e;
    char partial[256], link[256];

    (void)state;
    assert_int_equal(mkdir(target, 0700), 0);
    assert_int_equal(extract_begin(&e, target, NULL, 0, NULL), HZ_E_EXISTS);
    assert_int_equal(rmdir(target), 0);
    snprintf(partial, sizeof partial, "%s.partial", target);
    assert_int_equal(symlink("/tmp", partial), 0);
    assert_int_equal(extract_begin(&e, target, NULL, 0, NULL), HZ_E_EXISTS);
    assert_int_equal(unlink(partial), 0);
    snprintf(link, sizeof link, "%s/none/out", scratch);
    assert_int_equal(extract_begin(&e, link, NULL, 0, NULL), HZ_E_NOTFOUND);
    assert_int_equal(extract_begin(&e, "/", NULL, 0, NULL), HZ_E_USAGE);
    assert_int_equal(extract_begin(&e, "..", NULL, 0, NULL), HZ_E_USAGE);
}

/* A folder that somebody exchanged for a link meanwhile is not followed */
static void test_link_on_the_way(void **state)
{
    struct reader_listener ears;
    struct extract e;
    char folder[256], outside[256];

    (void)state;
    assert_int_equal(extract_begin(&e, target, NULL, 0, NULL), HZ_OK);
    ears = extract_listener(&e);
    snprintf(outside, sizeof outside, "%s/outside", scratch);
    snprintf(folder, sizeof folder, "%s.partial/data", target);
    assert_int_equal(mkdir(outside, 0700), 0);
    assert_int_equal(symlink(outside, folder), 0);
    assert_int_equal(ears.file(ears.context, "data/files/x", 1, NULL), HZ_OK);
    assert_int_equal(ears.data(ears.context, "x", 1, NULL), HZ_OK);
    assert_int_equal(ears.file_end(ears.context, NULL), HZ_OK);
    assert_int_equal(extract_check(&e, NULL), HZ_E_EXISTS);
    extract_abort(&e);
    assert_int_equal(rmdir(outside), 0); /* still there, and empty */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_some),
        cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_there_already),
        cmocka_unit_test(test_link_on_the_way),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
