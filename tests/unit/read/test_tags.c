/* The tagmanifest: its lines, and what it says of each tag file. */
#include "formats/read/tags.h"
#include "tests/unit/test.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000  "

static int read_tags(struct r_tags *t, const char *text)
{
    uint64_t line;
    enum r_why why;

    memset(t, 0, sizeof *t);
    return r_tags_read(t, text, text ? strlen(text) : 0, &line, &why);
}

static void test_tags(void **state)
{
    static const char *const bad[] = {
        NULL, /* no byte was ever kept */
        "",
        ZEROS "bagit.txt",
        ZEROS "other\n",
        ZEROS "bagit.txt\n" ZEROS "bagit.txt\n",
        ZEROS "meta/format.json\n" ZEROS "bagit.txt\n",
        ZEROS "tagmanifest-sha256.txt\n",
        ZEROS "data/files/x\n",
        ZEROS "meta/catalog-000002.jsonl\n" ZEROS "meta/catalog-000001.jsonl\n",
        ZEROS "bagit.txt\n\n",
        ZEROS "meta/objects.jsonl\n" ZEROS "meta/catalog-000001.jsonl\n",
        ZEROS "meta/catalog-000000.jsonl\n",
        ZEROS "meta/catalog-999999.jsonl\n",
    };
    struct r_need catalog = { .segment = R_NEED_CATALOG }, first = { .segment = 1 },
                  format = { .tags = 1U << R_TAG_FORMAT };
    struct r_tags t;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (read_tags(&t, bad[i]) != HZ_E_FORMAT || t.known || t.fixed[R_TAG_BAGIT].listed)
            fail_msg("accepted: %s", bad[i]);
        r_tags_free(&t);
    }
    assert_int_equal(
        read_tags(&t, ZEROS "bagit.txt\n" ZEROS "meta/catalog-000001.jsonl\n" ZEROS "manifest-sha256.txt\n"), HZ_OK);
    assert_int_equal(r_tags_state(&t, R_TAG_BAGIT), R_TAGS_MISSING);
    assert_int_equal(r_tags_state(&t, R_TAG_FORMAT), R_TAGS_NOWHERE);
    assert_true(r_tags_explain(&t, &catalog) && r_tags_explain(&t, &first) && !r_tags_explain(&t, &format));
    r_tags_file(&t, R_TAG_FIXED + 1)->seen = true;
    assert_int_equal(r_tags_state(&t, R_TAG_FIXED + 1), R_TAGS_INTACT);
    assert_false(r_tags_explain(&t, &catalog) || r_tags_explain(&t, &first));
    r_tags_file(&t, R_TAG_FIXED + 1)->digest[31] = 1;
    assert_int_equal(r_tags_state(&t, R_TAG_FIXED + 1), R_TAGS_ALTERED);
    r_tags_file(&t, R_TAG_FIXED + 2)->seen = true;
    assert_int_equal(r_tags_state(&t, R_TAG_FIXED + 2), R_TAGS_UNLISTED);
    assert_int_equal(r_tags_state(&t, R_TAG_FIXED + 3), R_TAGS_NOWHERE);
    r_tags_free(&t);
}

TEST_MAIN(cmocka_unit_test(test_tags))
