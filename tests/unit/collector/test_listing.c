#include "collector/listing.h"

#include <errno.h>

#include <sys/stat.h>

#include "base/io_open.h"
#include "formats/write/name.h"
#include "tests/unit/base/folder.h"

#define MANY 40000

struct seen { /* everything that a listing gave, copied */
    char raw[200], mapped[300];
    bool member, regular, clash;
    const struct tree_node *node;
};

static struct seen all[MANY + 10];
static size_t count;
static struct sorter_store store;

static void take_all(struct listing *l)
{
    struct hz_error err;
    struct listing_entry e;
    bool more;
    for (count = 0;; count++) {
        assert_int_equal(listing_next(l, &e, &more, &err), HZ_OK);
        if (!more)
            break;
        assert_true(count < sizeof all / sizeof all[0]);
        struct seen *s = &all[count];
        *s = (struct seen) { .member = e.name.member, .regular = e.name.regular, .clash = e.clash, .node = e.node };
        assert_int_equal(strlen(e.name.raw), e.name.raw_len);
        assert_int_equal(strlen(e.name.mapped), e.name.mapped_len);
        strcpy(s->raw, e.name.raw);
        strcpy(s->mapped, e.name.mapped);
    }
    assert_false(l->cut);
    assert_int_equal(l->failed, 0);
    listing_free(l);
}

static void read_here(const struct tree_node *node)
{
    struct hz_error err;
    struct listing l = { .body = NULL };
    int fd = -1;
    assert_int_equal(io_open_directory(".", &fd, &err), HZ_OK);
    sorter_store_open(&store, fd, SORTER_MEMORY);
    assert_int_equal(listing_read(&store, NULL, fd, node, &l, &err), HZ_OK);
    take_all(&l);
    sorter_store_close(&store);
    io_close(&fd);
}

static int order(size_t a, size_t b)
{
    return w_name_compare(all[a].mapped, strlen(all[a].mapped), all[b].mapped, strlen(all[b].mapped));
}

static void sorts_as_the_bundle_does(void **state)
{
    (void)state;
    static const char *const names[] = { "b", "a.", "A1", "a+", "-x", "\xff", "a", "b0", "Z", "con" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        folder_write(names[i], "");
    read_here(NULL);
    assert_int_equal(count, sizeof names / sizeof names[0]);
    for (size_t i = 1; i < count; i++)
        assert_true(order(i - 1, i) < 0);
    assert_string_equal(all[0].mapped, "=2Dx");
    assert_string_equal(all[0].raw, "-x");
    assert_string_equal(all[1].mapped, "=63on");
    assert_string_equal(all[2].mapped, "=FF");
    assert_string_equal(all[count - 1].mapped, "Z");
}

static size_t find(const char *raw)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].raw, raw) == 0)
            return i;
    fail_msg("%s is not listed", raw);
    return 0;
}

static void tells_twins_apart(void **state)
{
    (void)state;
    folder_write("name", "");
    folder_write("NAME", "");
    assert_int_equal(mkdir("Name", 0755), 0);
    folder_write("name+", ""); /* sorts between "name" and "name=@..." */
    read_here(NULL);
    assert_string_equal(all[find("NAME")].mapped, "NAME");
    assert_string_equal(all[find("Name")].mapped, "Name=@dcd1d5223f73b3a9");
    assert_string_equal(all[find("name")].mapped, "name=@82a3537ff0dbce7e");
    assert_int_equal(find("NAME"), 0);
    assert_int_equal(find("name+"), 1);
    assert_false(all[0].clash || all[1].clash || all[2].clash || all[3].clash);
}

static void links_and_special_files_are_no_twins(void **state)
{
    (void)state;
    assert_int_equal(symlink("x", "A"), 0);
    folder_write("a", "");
    assert_int_equal(mkfifo("B", 0600), 0);
    folder_write("b", "");
    read_here(NULL);
    assert_string_equal(all[find("a")].mapped, "a");
    assert_string_equal(all[find("b")].mapped, "b");
    assert_true(all[find("a")].member);
    assert_false(all[find("A")].member || all[find("B")].member);
}

static void adds_what_was_asked_for_and_is_not_listed(void **state)
{
    (void)state;
    struct hz_error err;
    struct tree_node *root = NULL, *here = NULL, *hidden = NULL;
    assert_int_equal(tree_new(&root, &err), HZ_OK);
    assert_int_equal(tree_add(root, "/here", 2, &here, &err), HZ_OK); /* "/h" */
    assert_int_equal(tree_add(root, "/here", 5, &here, &err), HZ_OK);
    assert_int_equal(tree_add(root, "/here/hidden", 12, &hidden, &err), HZ_OK);
    assert_int_equal(tree_add(root, "/here/seen", 10, &hidden, &err), HZ_OK);
    folder_write("seen", "");
    folder_write("other", "");
    read_here(here);
    assert_int_equal(count, 3);
    assert_string_equal(all[find("hidden")].node->name, "hidden");
    assert_string_equal(all[find("seen")].node->name, "seen");
    assert_null(all[find("other")].node);
    int fd = -1;
    assert_int_equal(io_open_directory(".", &fd, &err), HZ_OK);
    struct listing l = { .body = NULL };
    sorter_store_open(&store, -1, SORTER_MEMORY);
    assert_int_equal(listing_planned(&store, NULL, fd, here, &l, &err), HZ_OK);
    take_all(&l);
    sorter_store_close(&store);
    assert_int_equal(count, 2);
    io_close(&fd);
    tree_free(root);
}

static void says_why_a_folder_cannot_be_listed(void **state)
{
    (void)state;
    struct hz_error err;
    int at = -1, fd = -1;
    folder_write("file", "");
    assert_int_equal(io_open_directory(".", &at, &err), HZ_OK);
    assert_int_equal(io_evidence_look(at, "file", &fd, &err), HZ_OK);
    struct listing l = { .body = NULL };
    sorter_store_open(&store, -1, SORTER_MEMORY);
    assert_int_not_equal(listing_read(&store, NULL, fd, NULL, &l, &err), HZ_OK);
    assert_null(l.body);
    assert_int_equal(err.sys_errno, ENOTDIR);
    io_close(&fd);
    io_close(&at);
}

/* More than fits in memory, every name twice but for its case. */
static void tells_any_number_of_twins_apart(void **state)
{
    (void)state;
    struct hz_error err;
    char name[200];
    int here = -1, fd = -1;
    assert_int_equal(io_open_directory(".", &here, &err), HZ_OK);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "%s%0140u", i % 2 == 0 ? "twin" : "TWIN", i / 2);
        assert_int_equal(io_create_new(here, name, 0600, &fd, &err), HZ_OK);
        io_close(&fd);
    }
    read_here(NULL);
    assert_int_equal(count, MANY);
    for (size_t i = 0; i < count; i++) {
        bool keeps = strncmp(all[i].raw, "TWIN", 4) == 0;
        assert_true(i == 0 || order(i - 1, i) < 0);
        assert_true(all[i].member && all[i].regular && !all[i].clash && all[i].node == NULL);
        assert_true(keeps == (strcmp(all[i].raw, all[i].mapped) == 0));
        assert_true(keeps == (strstr(all[i].mapped, "=@") == NULL));
        assert_true(keeps || strcasecmp(all[i - 1].raw, all[i].raw) == 0);
    }
    io_close(&here);
}

TEST_MAIN(FOLDER_TEST(sorts_as_the_bundle_does), FOLDER_TEST(tells_twins_apart),
          FOLDER_TEST(tells_any_number_of_twins_apart), FOLDER_TEST(links_and_special_files_are_no_twins),
          FOLDER_TEST(adds_what_was_asked_for_and_is_not_listed), FOLDER_TEST(says_why_a_folder_cannot_be_listed))
