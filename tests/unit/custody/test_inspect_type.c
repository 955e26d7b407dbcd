/* Types of files: counted, told by children that cannot hurt the parent. magic_buffer() is wrapped, so that some files
 * do to libmagic what a hostile one would like to. */
#include <fcntl.h>
#include <magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "custody/inspect_type.h"

const char *__real_magic_buffer(magic_t m, const void *bytes, size_t len);
const char *__wrap_magic_buffer(magic_t m, const void *bytes, size_t len);

static bool is(const void *bytes, size_t len, const char *text)
{
    return len == strlen(text) && memcmp(bytes, text, len) == 0;
}

const char *__wrap_magic_buffer(magic_t m, const void *bytes, size_t len)
{
    if (is(bytes, len, "CRASH"))
        abort();
    if (is(bytes, len, "OPEN") && open("/etc/passwd", O_RDONLY) >= 0)
        return "text/opened";
    if (is(bytes, len, "LINE"))
        return "text/plain\n";
    if (is(bytes, len, "NULL"))
        return NULL;
    if (is(bytes, len, "HANG"))
        for (;;)
            ;
    return __real_magic_buffer(m, bytes, len);
}

static char *kept[W_INSPECTION_TYPES];
static size_t kept_count;
static const char *trouble;

const char *inspect_keep(struct inspection *i, const void *text, size_t len)
{
    (void)i;
    return kept[kept_count++] = strndup(text, len);
}

void inspect_trouble(struct inspection *i, const char *why)
{
    (void)i;
    trouble = why;
}

static int forget(void **state)
{
    (void)state;
    while (kept_count > 0)
        free(kept[--kept_count]);
    trouble = NULL;
    return 0;
}

static void add(struct inspect_types *t, const void *bytes, size_t len)
{
    struct hz_error err;
    assert_int_equal(inspect_type_add(t, bytes, len, &err), HZ_OK);
}

static void add_text(struct inspect_types *t, const char *text)
{
    add(t, text, strlen(text));
}

static struct inspect_types *begin(void)
{
    struct inspect_types *t = NULL;
    struct hz_error err;
    assert_int_equal(inspect_type_begin(&t, &err), HZ_OK);
    return t;
}

static uint64_t files_of(const struct inspection *i, const char *type)
{
    for (size_t k = 0; k < i->record.type_count; k++)
        if (strcmp(i->types[k].type, type) == 0)
            return i->types[k].files;
    return 0;
}

static struct inspection *end(struct inspect_types *t)
{
    static struct inspection out;
    struct hz_error err;
    memset(&out, 0, sizeof out);
    assert_int_equal(inspect_type_end(t, &out, &err), HZ_OK);
    inspect_type_free(t);
    assert_ptr_equal(out.record.types, out.types);
    return &out;
}

static void types_are_counted(void **state)
{
    (void)state;
    static const unsigned char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    static const unsigned char sqlite[] = "SQLite format 3\0\x10\0\x01\x01\0@  ";
    struct inspect_types *t = begin();
    add(t, png, sizeof png);
    add(t, sqlite, sizeof sqlite);
    add_text(t, "one line of text\n");
    add_text(t, "and another\n");
    add_text(t, "");
    const struct inspection *i = end(t);
    assert_int_equal(i->record.type_count, 4);
    assert_string_equal(i->types[0].type, "text/plain");
    assert_int_equal(i->types[0].files, 2);
    assert_int_equal(files_of(i, "image/png"), 1);
    assert_int_equal(files_of(i, "application/vnd.sqlite3") + files_of(i, "application/x-sqlite3"), 1);
    assert_int_equal(files_of(i, "application/x-empty") + files_of(i, "inode/x-empty"), 1);
    for (size_t k = 2; k < 4; k++) /* equal counts: by name */
        assert_true(strcmp(i->types[k - 1].type, i->types[k].type) < 0);
    assert_null(trouble);
}

static void many_files_go_through_many_children(void **state)
{
    (void)state;
    struct inspect_types *t = begin();
    for (unsigned i = 0; i < 6000; i++)
        add_text(t, "text\n");
    const struct inspection *i = end(t);
    assert_int_equal(i->record.type_count, 1);
    assert_int_equal(files_of(i, "text/plain"), 6000);
}

static void a_hostile_file_costs_itself_only(void **state)
{
    (void)state;
    static const char *const hostile[] = { "CRASH", "OPEN", "LINE", "NULL", "CRASH", "HANG" };
    struct inspect_types *t = begin();
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        add_text(t, "before\n");
        add_text(t, hostile[i]);
        add_text(t, "behind\n");
    }
    const struct inspection *i = end(t);
    assert_int_equal(files_of(i, "text/plain"), 12);
    assert_int_equal(files_of(i, INSPECT_TYPE_UNCHECKED), 6);
    assert_int_equal(i->record.type_count, 2);
    assert_non_null(trouble);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(types_are_counted, forget),
        cmocka_unit_test_teardown(many_files_go_through_many_children, forget),
        cmocka_unit_test_teardown(a_hostile_file_costs_itself_only, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
