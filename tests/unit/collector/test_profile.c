/* Profiles: what their YAML may say and what it may not, those that come with the program, and the union of several. */
#include "collector/profiles/profile.h"

#include <stdio.h>

#include "collector/profiles/profile_glob.h"
#include "collector/profiles/profile_set.h"
#include "collector/profiles/profile_yaml.h"
#include "tests/unit/base/folder.h"

#define HEAD                                                                                                           \
    "name: own\ntitle: {en: t, ja: t}\ndescription:\n  en: one\n    and two\n  ja: d\n" /* six lines, so line 7 next   \
                                                                                         */

static int parse(const char *text, struct profile **out, struct hz_error *err)
{
    return profile_parse(text, strlen(text), out, err);
}

static void reads_all(void **state)
{
    (void)state;
    struct profile *p = NULL;
    struct hz_error err;
    static const char text[] = HEAD "since: 36h\n"
                                    "limits: {max-file-size: 64M, total: 1G}\n"
                                    "sources:\n"
                                    "  - network\n"
                                    "  - databases: {paths: [/srv/*/*.db]}\n"
                                    "  - journal: {units: [ssh.service, cron]}\n"
                                    "  - logs\n"
                                    "  - recent: {window: 60m, roots: [/, /srv]}\n"
                                    "  - recent-files\n"
                                    "  - packages: {files: all}\n"
                                    "  - files:\n"
                                    "      paths:\n"
                                    "        - /etc\n"
                                    "        - /home/*/.ssh\n";
    assert_int_equal(parse(text, &p, &err), HZ_OK);
    assert_string_equal(p->name, "own");
    assert_string_equal(p->description.en, "one and two");
    assert_true(p->since_ns == INT64_C(36) * 3600 * 1000000000 && p->recent_ns == INT64_C(3600) * 1000000000);
    assert_true(p->max_file_size == (uint64_t)64 << 20 && p->total == (uint64_t)1 << 30);
    assert_int_equal(p->source_count, 8);
    assert_string_equal(p->sources[7], "files");
    assert_true(profile_has(p, "recent-files") && !profile_has(p, "kernel") && p->every_package_file);
    assert_int_equal(p->units.count, 2);
    assert_string_equal(p->units.list[1], "cron");
    assert_int_equal(p->roots.count, 2);
    assert_int_equal(p->databases.count, 1);
    assert_string_equal(p->paths.list[1], "/home/*/.ssh");
    assert_memory_equal(p->text, text, sizeof text - 1);
    profile_free(p);
}

static const struct {
    const char *text, *says;
} wrongs[] = {
    { "", "nothing stands there" },
    { "- a\n", "keys with values are expected" },
    { "name: own\n", "title is missing" },
    { HEAD, "sources is missing" },
    { HEAD "color: red\nsources: [network]\n", "line 7: color is not known" },
    { HEAD "sources: [network]\nname: other\n", "line 8: name stands here a second time" },
    { HEAD "sources: []\n", "a list is expected" },
    { HEAD "sources: network\n", "a list is expected" },
    { HEAD "sources:\n  - network\n  - no-such\n", "line 9: there is no source \"no-such\"" },
    { HEAD "sources: [system]\n", "there is no source \"system\"" },
    { HEAD "sources: [memory]\n", "there is no source \"memory\"" },
    { HEAD "sources:\n  - kernel\n  - network\n", "line 9: network must stand before kernel" },
    { HEAD "sources: [network, network]\n", "network must stand before network" },
    { HEAD "sources: [files]\n", "line 7: paths is missing" },
    { HEAD "sources: [recent]\n", "window is missing" },
    { HEAD "sources:\n  - network: {depth: 1}\n", "line 8: network has no parameters" },
    { HEAD "sources:\n  - files: {path: [/etc]}\n", "line 8: path is not known" },
    { HEAD "sources:\n  - files: {paths: /etc}\n", "a list is expected" },
    { HEAD "sources:\n  - files: {paths: []}\n", "a list is expected" },
    { HEAD "sources:\n  - files:\n      paths:\n        - etc\n", "line 10: an absolute path" },
    { HEAD "sources:\n  - files: {paths: [/etc/../root]}\n", "an absolute path" },
    { HEAD "sources:\n  - files: {paths: [/etc//x]}\n", "an absolute path" },
    { HEAD "sources:\n  - files: {paths: [/etc/]}\n", "an absolute path" },
    { HEAD "sources:\n  - files: {paths: [/]}\n", "an absolute path" },
    { HEAD "sources:\n  - files: {paths: [[/etc]]}\n", "an absolute path" },
    { HEAD "sources:\n  - recent: {window: 60m, roots: [/home/*]}\n", "an absolute path" },
    { HEAD "sources:\n  - recent: {window: tomorrow}\n", "a duration" },
    { HEAD "sources:\n  - packages: {files: some}\n", "only \"all\"" },
    { HEAD "sources:\n  - journal: {units: [\"-x\"]}\n", "the name of a systemd unit" },
    { HEAD "sources:\n  - network\n    kernel\n  - logs: 1\n    files: 2\n", "line " },
    { HEAD "since: 1\nsources: [logs]\n", "line 7: a duration" },
    { HEAD "since: 24h\nsources: [network]\n", "line 7: since means nothing" },
    { HEAD "sources: [recent-files]\n", "recent-files means nothing" },
    { HEAD "limits: {max-file-size: 0}\nsources: [network]\n", "a size" },
    { HEAD "limits: 1G\nsources: [network]\n", "keys with values" },
    { "name: Own\ntitle: {en: t, ja: t}\n", "line 1: a name is" },
    { "name: \"1a\"\n", "line 1: a name is" },
    { "name: own\ntitle: {en: t}\n", "line 2: en and ja" },
    { "name: own\ntitle: {en: t, ja: t, fr: t}\n", "line 2: fr is not known" },
    { "name: own\ntitle: t\n", "line 2: en and ja" },
    { "name: &a own\n", "line 1: anchors" },
    { "name: *a\n", "line 1: aliases" },
    { "name: !!str own\n", "line 1: tags" },
    { "%YAML 1.1\n---\nname: own\n", "directives" },
    { HEAD "sources: [network]\n---\nname: b\n", "second document" },
    { "name: [own\n", "no valid YAML" },
    { "name: \"a\\0b\"\n", "control characters" },
    { "name: \"a\\tb\"\n", "control characters" },
    { "name: \xff\n", "no valid YAML" },
    { "? [a]\n: b\n", "a key must be a word" },
    { "[[[[[[[[[a]]]]]]]]]\n", "nested too deeply" },
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct profile *p = NULL;
        struct hz_error err = { .code = HZ_OK };
        int rc = parse(wrongs[i].text, &p, &err);
        if (rc != HZ_E_FORMAT || p != NULL || strstr(err.text, wrongs[i].says) == NULL)
            fail_msg("%zu: %d \"%s\" instead of \"%s\"", i, rc, rc == HZ_OK ? "" : err.text, wrongs[i].says);
    }
}

/* Bounds of size: a long text, many values, a list beyond its length. */
static void is_bounded(void **state)
{
    (void)state;
    struct buf text = BUF_INIT((size_t)1 << 20);
    struct profile *p = NULL;
    struct hz_error err;
    assert_non_null(buf_grow(&text, PROFILE_YAML_MAX + 1));
    assert_int_equal(profile_parse(text.data, text.len, &p, &err), HZ_E_LIMIT);
    buf_reset(&text);
    for (int i = 0; i < PROFILE_YAML_NODES + 1; i++)
        buf_puts(&text, "- a\n");
    assert_int_equal(profile_parse(text.data, text.len, &p, &err), HZ_E_LIMIT);
    buf_reset(&text);
    buf_puts(&text, HEAD "sources:\n  - files:\n      paths:\n");
    for (int i = 0; i < PROFILE_TEXTS_MAX + 1; i++)
        buf_printf(&text, "        - /etc/%d\n", i);
    assert_int_equal(profile_parse(text.data, text.len, &p, &err), HZ_E_FORMAT);
    assert_non_null(strstr(err.text, "too long"));
    buf_free(&text);
}

static void come_with_the_program(void **state)
{
    (void)state;
    struct profile_set s = { .count = 0 };
    struct hz_error err;
    assert_int_equal(profile_set_all(&s, &err), HZ_OK);
    assert_int_equal(s.count, 12);
    assert_string_equal(s.list[0]->name, "triage");
    assert_string_equal(s.list[11]->name, "full");
    for (size_t i = 0; i < s.count; i++)
        assert_true(profile_has(s.list[i], "network") && profile_has(s.list[i], "closing"));
    assert_true(s.list[11]->max_file_size == 0 && s.list[11]->every_package_file);
    profile_set_free(&s);
    assert_int_equal(profile_set_name(&s, "no-such", &err), HZ_E_USAGE);
}

/* The union of two profiles, and what the command line says against them. */
static void are_united(void **state)
{
    (void)state;
    struct profile_set s = { .count = 0 };
    static const char *const typed[] = { "kernel" }, *const paths[] = { "/a" }, *const units[] = { "x.service" };
    struct collect_options o = { .typed_sources = typed,
                                 .typed_source_count = 1,
                                 .units = units,
                                 .unit_count = 1,
                                 .paths = paths,
                                 .path_count = 1,
                                 .root = "/" };
    struct hz_error err;
    folder_write("one", HEAD "since: 2h\nlimits: {max-file-size: 2M, total: 9M}\nsources:\n  - logs\n"
                             "  - recent: {window: 5h, roots: [/a]}\n  - files: {paths: [/x, /y]}\n");
    folder_write("two", "name: two\ntitle: {en: t, ja: t}\ndescription: {en: d, ja: d}\nsince: 3h\n"
                        "limits: {max-file-size: 5M}\nsources:\n  - network\n  - journal: {units: [x.service, y]}\n"
                        "  - recent: {window: 4h, roots: [/b, /a]}\n  - recent-files\n  - files: {paths: [/y, /z]}\n");
    folder_write("three", HEAD "sources: [network]\n");
    assert_int_equal(profile_set_file(&s, "one", &err), HZ_OK);
    assert_int_equal(profile_set_file(&s, "two", &err), HZ_OK);
    assert_int_equal(profile_set_file(&s, "three", &err), HZ_E_USAGE); /* its name is that of one */
    assert_int_equal(profile_set_name(&s, "dos", &err), HZ_OK);
    assert_int_equal(profile_set_name(&s, "dos", &err), HZ_OK);
    assert_int_equal(s.count, 3);
    profile_free(s.list[--s.count]);
    struct collect_options full = o;
    assert_int_equal(profile_set_apply(&s, &full, &err), HZ_OK);
    static const char *const sources[] = { "kernel", "network", "journal", "logs", "recent", "recent-files", "files" };
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        assert_true(options_chosen(&full, sources[i]));
    assert_int_equal(full.source_count, 7);
    assert_true(full.has_since && full.recent_ns == INT64_C(5) * 3600 * 1000000000 && full.recent_content);
    assert_true(stamp_now().seconds - full.since.seconds >= 3 * 3600);
    assert_int_equal(full.recent_root_count, 2);
    assert_int_equal(full.profiles.path_count, 3);
    assert_int_equal(full.unit_count, 2);
    assert_true(full.profiles.max_file_size == (uint64_t)5 << 20 && full.profiles.total == 0);
    o.max_file_size = 1;
    o.has_since = true;
    o.recent_ns = 1;
    o.recent_named = true;
    o.recent_roots = paths;
    o.recent_root_count = 1;
    assert_int_equal(profile_set_apply(&s, &o, &err), HZ_OK);
    assert_true(o.profiles.max_file_size == 0 && o.recent_ns == 1 && o.recent_root_count == 1 && o.since.seconds == 0);
    profile_set_free(&s);
}

TEST_MAIN(cmocka_unit_test(reads_all), cmocka_unit_test(refuses), cmocka_unit_test(is_bounded),
          cmocka_unit_test(come_with_the_program),
          cmocka_unit_test_setup_teardown(are_united, folder_enter, folder_leave))
