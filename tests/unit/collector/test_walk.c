#include "collector/walk.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "collector/absence.h"
#include "collector/plan.h"
#include "tests/unit/base/folder.h"

/* What the visitor saw, one line each, paths below the test's folder: "f a/b", "o a", "- gone vanished". */
struct seen {
    struct buf log;
    char here[4096];
    size_t visits, stop_after;
    void (*meanwhile)(const char *path); /* called for each file and object */
};

static struct seen seen;
static struct tree_node *tree;
static int root = -1;

static int begin(void **state)
{
    struct hz_error err;
    if (folder_enter(state) != 0 || io_open_directory("/", &root, &err) != HZ_OK)
        return -1;
    memset(&seen, 0, sizeof seen);
    buf_init(&seen.log, (size_t)64 << 20);
    seen.stop_after = SIZE_MAX;
    assert_non_null(getcwd(seen.here, sizeof seen.here));
    return tree_new(&tree, &err);
}

static int end(void **state)
{
    tree_free(tree);
    io_close(&root);
    buf_free(&seen.log);
    return folder_leave(state);
}

static const char *below(struct w_bytes origin)
{
    size_t len = strlen(seen.here);
    assert_true(origin.len >= len && memcmp(origin.data, seen.here, len) == 0);
    return origin.len == len ? "." : (const char *)origin.data + len + 1;
}

static int note(const char *kind, struct w_bytes origin, const char *more)
{
    const char *path = below(origin);
    size_t len = strcmp(path, ".") == 0 ? 1 : origin.len - strlen(seen.here) - 1;
    char name[8192];
    snprintf(name, sizeof name, "%.*s", (int)(len < 8000 ? len : 8000), path);
    buf_printf(&seen.log, "%s %s%s%s\n", kind, name, more[0] == '\0' ? "" : " ", more);
    seen.visits++;
    if (seen.meanwhile != NULL)
        seen.meanwhile(name);
    return HZ_OK;
}

static int on_file(void *context, struct walk_item *item, bool named, struct hz_error *err)
{
    (void)context, (void)err;
    return note("f", item->origin, named ? "named" : "");
}

static int on_object(void *context, struct walk_item *item, struct hz_error *err)
{
    (void)context, (void)err;
    return note("o", item->origin, "");
}

static int on_made(void *context, const struct tree_made *made, struct hz_error *err)
{
    (void)context, (void)err;
    return buf_printf(&seen.log, "m %s\n", made->name);
}

static int on_absent(void *context, const struct walk_absence *a, struct hz_error *err)
{
    (void)context, (void)err;
    char more[64];
    snprintf(more, sizeof more, "%s%s", absence_name(a->status), a->failure ? "!" : "");
    return note("-", a->origin, more);
}

static enum stop_reason on_stopped(void *context)
{
    (void)context;
    return seen.visits >= seen.stop_after ? STOP_SIGNAL : STOP_NONE;
}

static void ask(const char *path, bool named)
{
    struct hz_error err;
    assert_int_equal(plan_add(tree, root, path, named, &err), HZ_OK);
}

static void walks(const char *want)
{
    struct hz_error err;
    uint64_t exposed;
    const struct walk_config config = { .root = root,
                                        .spool = -1,
                                        .tree = tree,
                                        .source = "files",
                                        .rows_left = 1000,
                                        .visitor = { NULL, on_file, on_object, on_made, on_absent, on_stopped } };
    assert_int_equal(walk_run(&config, &exposed, &err), HZ_OK);
    assert_non_null(buf_text(&seen.log));
    if (want != NULL)
        assert_string_equal((const char *)seen.log.data, want);
}

static void make_tree(void)
{
    assert_int_equal(mkdir("d", 0755), 0);
    assert_int_equal(mkdir("d/e", 0755), 0);
    folder_write("d/e/f", "");
    folder_write("d/a", "");
    folder_write("d/z", "");
    assert_int_equal(symlink("e", "d/link"), 0);
}

static void visits_everything_in_order(void **state)
{
    (void)state;
    make_tree();
    ask("d", true);
    walks("o d\nf d/a\no d/e\nf d/e/f\no d/link\nf d/z\n");
}

static void takes_only_what_is_asked_for(void **state)
{
    (void)state;
    make_tree();
    ask("d/z", true);
    ask("d/e", false);
    ask("d/gone", true);
    ask("d/gone/below", false);
    ask("d/a/below", true); /* below a file */
    walks("- d/a/below unavailable!\no d/e\nf d/e/f\n- d/gone unavailable!\n- d/gone/below unavailable\nf d/z named\n");
}

static void merges_what_overlaps(void **state)
{
    (void)state;
    make_tree();
    ask("d/e/f", true);
    ask("d", true);
    ask("d/e", true);
    ask("d/e/gone", true);
    walks("o d\nf d/a\no d/e\nf d/e/f named\n- d/e/gone unavailable!\no d/link\nf d/z\n");
}

static int make_nothing(const void *facts, struct buf *out, struct hz_error *err)
{
    (void)facts, (void)out, (void)err;
    return HZ_OK;
}

static void places_what_is_made(void **state)
{
    (void)state;
    static const struct tree_made made[] = { { "zz.json", "generated", make_nothing, NULL },
                                             { "a.json", "generated", make_nothing, NULL } };
    struct hz_error err;
    folder_write("f", "");
    ask("f", false);
    assert_int_equal(tree_make(tree, &made[0], &err), HZ_OK);
    assert_int_equal(tree_make(tree, &made[1], &err), HZ_OK);
    walks("m a.json\nf f\nm zz.json\n"); /* the folder is /tmp/... */
}

static void accounts_for_what_is_left_when_stopped(void **state)
{
    (void)state;
    make_tree();
    assert_int_equal(mkdir("x", 0755), 0);
    ask("d", true);
    ask("x", true);
    seen.stop_after = 3;
    walks("o d\nf d/a\no d/e\n- d/e/f timeout!\n- d/link timeout!\n- d/z timeout!\n- x timeout!\n");
}

static void vanish(const char *path)
{
    if (strcmp(path, "d") != 0)
        return;
    assert_int_equal(unlink("d/a"), 0);
    assert_int_equal(unlink("d/e/f"), 0);
    assert_int_equal(rmdir("d/e"), 0);
    assert_int_equal(unlink("d/link"), 0);
    folder_write("d/link", "now a file, under a name that was mapped as a link's");
    assert_int_equal(unlink("d/z"), 0);
    assert_int_equal(symlink("a", "d/z"), 0);
}

static void notices_what_vanishes_or_is_replaced(void **state)
{
    (void)state;
    make_tree();
    ask("d", true);
    seen.meanwhile = vanish;
    walks("o d\n- d/a vanished\n- d/e vanished\n- d/link vanished\no d/z\n");
}

static void move_away(const char *path)
{
    if (strlen(path) != strlen("deep") + 2 * 150 || path[strlen(path) - 1] != 'd')
        return;
    assert_int_equal(rename("deep/d/d", "elsewhere"), 0);
    assert_int_equal(mkdir("deep/d/d", 0755), 0); /* not the folder that was listed */
    folder_write("deep/d/d/z", "");
}

/* Deeper than folders are kept open: on the way back up each is found again by name, or known to be lost. */
static void finds_its_way_back(void **state)
{
    (void)state;
    struct buf path = BUF_INIT(1 << 20);
    buf_puts(&path, "deep");
    for (int i = 0; i < 200; i++) {
        assert_int_equal(mkdir(buf_text(&path), 0755), 0);
        size_t len = path.len;
        buf_puts(&path, "/z");
        folder_write(buf_text(&path), "");
        path.len = len;
        buf_puts(&path, "/d");
    }
    buf_free(&path);
    ask("deep", true);
    walks(NULL);
    assert_int_equal(seen.visits, 400);
    assert_null(strstr((const char *)seen.log.data, "vanished"));
    buf_reset(&seen.log);
    seen.visits = 0;
    seen.meanwhile = move_away;
    walks(NULL);
    assert_int_equal(seen.visits, 400);
    assert_non_null(strstr((const char *)seen.log.data, "- deep/d/d/d/z vanished\n"));
    assert_non_null(strstr((const char *)seen.log.data, "f deep/d/z\nf deep/z\n"));
}

static void records_no_path_beyond_the_bound(void **state)
{
    (void)state;
    int at = open(".", O_RDONLY);
    char name[251];
    memset(name, 'n', 250);
    name[250] = '\0';
    for (int i = 0; i < 140; i++) { /* 35,000 bytes */
        assert_int_equal(mkdirat(at, name, 0755), 0);
        int below_it = openat(at, name, O_RDONLY);
        close(at);
        at = below_it;
    }
    close(at);
    ask(name, true);
    walks(NULL);
    assert_true(seen.visits > 125 && seen.visits < 132);
    assert_non_null(strstr((const char *)seen.log.data, " over-budget!\n"));
    char second[512];
    snprintf(second, sizeof second, "%s/%s", name, name);
    while (rename(second, "next") == 0) { /* longer than nftw can remove */
        assert_int_equal(rmdir(name), 0);
        assert_int_equal(rename("next", name), 0);
    }
}

#define WALK_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
TEST_MAIN(WALK_TEST(visits_everything_in_order), WALK_TEST(takes_only_what_is_asked_for),
          WALK_TEST(merges_what_overlaps), WALK_TEST(places_what_is_made),
          WALK_TEST(accounts_for_what_is_left_when_stopped), WALK_TEST(notices_what_vanishes_or_is_replaced),
          WALK_TEST(finds_its_way_back), WALK_TEST(records_no_path_beyond_the_bound))
