#include "collector/tree.h"

#include "tests/unit/test.h"

static struct tree_node *add(struct tree_node *root, const char *path)
{
    struct hz_error err;
    struct tree_node *node = NULL;
    assert_int_equal(tree_add(root, path, strlen(path), &node, &err), HZ_OK);
    return node;
}

static void merges(void **state)
{
    (void)state;
    struct hz_error err;
    struct tree_node *root = NULL;
    assert_int_equal(tree_new(&root, &err), HZ_OK);
    assert_ptr_equal(add(root, "/"), root);
    struct tree_node *deep = add(root, "/b/x/y"), *b = add(root, "/b");
    assert_ptr_equal(add(root, "/b/x/y"), deep);
    assert_ptr_equal(deep->parent->parent, b);
    add(root, "/a");
    add(root, "/b!"); /* bytes decide: after "b", before "ba" */
    add(root, "/ba");
    assert_int_equal(root->count, 4);
    assert_string_equal(root->children[0]->name, "a");
    assert_string_equal(root->children[1]->name, "b");
    assert_string_equal(root->children[2]->name, "b!");
    assert_string_equal(root->children[3]->name, "ba");
    assert_int_equal(tree_find(root, "ba", 2), 3);
    assert_int_equal(tree_find(root, "c", 1), TREE_NONE);
    assert_int_equal(tree_find(NULL, "c", 1), TREE_NONE);
    add(root, "/xy");
    assert_int_equal(tree_find(root, "x", 1), TREE_NONE); /* the beginning of a name is another name */
    assert_ptr_not_equal(add(root, "/x"), add(root, "/xy"));
    assert_false(b->asked || deep->asked);
    tree_free(root);
}

static void refuses_what_is_not_resolved(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "a", "a/b", "//", "/a//b", "/a/", "/./a", "/a/.", "/..", "/a/../b" };
    struct hz_error err;
    struct tree_node *root = NULL, *node;
    assert_int_equal(tree_new(&root, &err), HZ_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tree_add(root, bad[i], strlen(bad[i]), &node, &err), HZ_E_FORMAT);
    add(root, "/...");
    add(root, "/.a");
    tree_free(root);
}

static void deep_trees_do_not_exhaust_the_stack(void **state)
{
    (void)state;
    struct hz_error err;
    struct tree_node *root = NULL;
    struct buf path = BUF_INIT(1 << 20);
    for (int i = 0; i < 300000; i++)
        buf_puts(&path, "/d");
    assert_int_equal(tree_new(&root, &err), HZ_OK);
    assert_non_null(add(root, buf_text(&path)));
    tree_free(root);
    buf_free(&path);
    tree_free(NULL);
}

TEST_MAIN(cmocka_unit_test(merges), cmocka_unit_test(refuses_what_is_not_resolved),
          cmocka_unit_test(deep_trees_do_not_exhaust_the_stack))
