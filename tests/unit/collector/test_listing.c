#include "collector/listing.h"

#include <errno.h>

#include <sys/stat.h>

#include "base/io_open.h"
#include "formats/write/name.h"
#include "tests/unit/base/folder.h"

static void read_here(struct listing *l, const struct tree_node *node)
{
    struct hz_error err;
    int fd = -1;
    assert_int_equal(io_open_directory(".", &fd, &err), HZ_OK);
    listing_init(l);
    assert_int_equal(listing_read(fd, node, l, &err), HZ_OK);
    assert_int_equal(l->failed, 0);
    assert_false(l->cut);
    io_close(&fd);
}

static void sorts_as_the_bundle_does(void **state)
{
    (void)state;
    static const char *const names[] = { "b", "a.", "A1", "a+", "-x", "\xff", "a", "b0", "Z", "con" };
    struct listing l;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        folder_write(names[i], "");
    read_here(&l, NULL);
    assert_int_equal(l.count, sizeof names / sizeof names[0]);
    for (size_t i = 1; i < l.count; i++)
        assert_true(w_name_compare(listing_mapped(&l, i - 1), l.entries[i - 1].mapped_len, listing_mapped(&l, i),
                                   l.entries[i].mapped_len) < 0);
    assert_string_equal(listing_mapped(&l, 0), "=2Dx");
    assert_string_equal(listing_raw(&l, 0), "-x");
    assert_string_equal(listing_mapped(&l, 1), "=63on");
    assert_string_equal(listing_mapped(&l, 2), "=FF");
    assert_string_equal(listing_mapped(&l, l.count - 1), "Z");
    listing_free(&l);
}

static size_t find(const struct listing *l, const char *raw)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(listing_raw(l, i), raw) == 0)
            return i;
    fail_msg("%s is not listed", raw);
    return 0;
}

static void tells_twins_apart(void **state)
{
    (void)state;
    struct listing l;
    folder_write("name", "");
    folder_write("NAME", "");
    assert_int_equal(mkdir("Name", 0755), 0);
    folder_write("name+", ""); /* sorts between "name" and "name=@..." */
    read_here(&l, NULL);
    assert_string_equal(listing_mapped(&l, find(&l, "NAME")), "NAME");
    assert_string_equal(listing_mapped(&l, find(&l, "Name")), "Name=@dcd1d5223f73b3a9");
    assert_string_equal(listing_mapped(&l, find(&l, "name")), "name=@82a3537ff0dbce7e");
    assert_int_equal(find(&l, "NAME"), 0);
    assert_int_equal(find(&l, "name+"), 1);
    assert_false(l.entries[0].clash || l.entries[1].clash || l.entries[2].clash || l.entries[3].clash);
    listing_free(&l);
}

static void links_and_special_files_are_no_twins(void **state)
{
    (void)state;
    struct listing l;
    assert_int_equal(symlink("x", "A"), 0);
    folder_write("a", "");
    assert_int_equal(mkfifo("B", 0600), 0);
    folder_write("b", "");
    read_here(&l, NULL);
    assert_string_equal(listing_mapped(&l, find(&l, "a")), "a");
    assert_string_equal(listing_mapped(&l, find(&l, "b")), "b");
    assert_true(l.entries[find(&l, "a")].member);
    assert_false(l.entries[find(&l, "A")].member || l.entries[find(&l, "B")].member);
    listing_free(&l);
}

static void adds_what_was_asked_for_and_is_not_listed(void **state)
{
    (void)state;
    struct hz_error err;
    struct listing l;
    struct tree_node *root = NULL, *here = NULL, *hidden = NULL;
    assert_int_equal(tree_new(&root, &err), HZ_OK);
    assert_int_equal(tree_add(root, "/here", 2, &here, &err), HZ_OK); /* "/h" */
    assert_int_equal(tree_add(root, "/here", 5, &here, &err), HZ_OK);
    assert_int_equal(tree_add(root, "/here/hidden", 12, &hidden, &err), HZ_OK);
    assert_int_equal(tree_add(root, "/here/seen", 10, &hidden, &err), HZ_OK);
    folder_write("seen", "");
    folder_write("other", "");
    read_here(&l, here);
    assert_int_equal(l.count, 3);
    assert_string_equal(l.entries[find(&l, "hidden")].node->name, "hidden");
    assert_string_equal(l.entries[find(&l, "seen")].node->name, "seen");
    assert_null(l.entries[find(&l, "other")].node);
    listing_free(&l);
    int fd = -1;
    assert_int_equal(io_open_directory(".", &fd, &err), HZ_OK);
    listing_init(&l);
    assert_int_equal(listing_planned(fd, here, &l, &err), HZ_OK);
    assert_int_equal(l.count, 2);
    listing_free(&l);
    io_close(&fd);
    tree_free(root);
}

static void says_why_a_folder_cannot_be_listed(void **state)
{
    (void)state;
    struct hz_error err;
    struct listing l;
    int at = -1, fd = -1;
    folder_write("file", "");
    assert_int_equal(io_open_directory(".", &at, &err), HZ_OK);
    assert_int_equal(io_evidence_look(at, "file", &fd, &err), HZ_OK);
    listing_init(&l);
    assert_int_not_equal(listing_read(fd, NULL, &l, &err), HZ_OK);
    assert_int_equal(err.sys_errno, ENOTDIR);
    listing_free(&l);
    io_close(&fd);
    io_close(&at);
}

TEST_MAIN(FOLDER_TEST(sorts_as_the_bundle_does), FOLDER_TEST(tells_twins_apart),
          FOLDER_TEST(links_and_special_files_are_no_twins), FOLDER_TEST(adds_what_was_asked_for_and_is_not_listed),
          FOLDER_TEST(says_why_a_folder_cannot_be_listed))
