#include "collector/persistence/pkg_dpkg.h"

#include <stdio.h>
#include <unistd.h>

#include "collector/persistence/pkg_base.h"
#include "tests/unit/test.h"

static void stanzas(void **state)
{
    (void)state;
    struct span rest =
        span_of("\n\nPackage: one\nStatus: install ok installed\nVersion: 1:2.0-3\nArchitecture: amd64\n"
                "Conffiles:\n /etc/a d41d8cd98f00b204e9800998ecf8427e\n /etc/b newconffile\n"
                " /etc/c d41d8cd98f00b204e9800998ecf8427e obsolete\n /etc/d 0123456789abcdef0123456789abcdef\n"
                "Description: x\n Package: not this\n\nno field here\n\nPackage: two");
    struct pkg_stanza s;
    struct span path;
    struct pkg_digest digest;
    assert_true(pkg_dpkg_stanza(&rest, &s));
    assert_true(span_is(s.name, "one"));
    assert_true(span_is(s.version, "1:2.0-3"));
    assert_true(span_is(s.architecture, "amd64"));
    assert_true(span_is(s.status, "install ok installed"));
    assert_true(pkg_dpkg_conffile(&s.conffiles, &path, &digest));
    assert_true(span_is(path, "/etc/a"));
    assert_int_equal(digest.algorithm, PKG_MD5);
    assert_int_equal(digest.bytes[0], 0xd4);
    assert_true(pkg_dpkg_conffile(&s.conffiles, &path, &digest));
    assert_true(span_is(path, "/etc/d"));
    assert_false(pkg_dpkg_conffile(&s.conffiles, &path, &digest));
    assert_true(pkg_dpkg_stanza(&rest, &s));
    assert_true(span_is(s.name, "two"));
    assert_null(s.version.at);
    assert_false(pkg_dpkg_stanza(&rest, &s));
}

static void digests(void **state)
{
    (void)state;
    struct pkg_digest d = { 0 };
    char hex[PKG_DIGEST_HEX];
    assert_true(pkg_digest_parse(&d, PKG_MD5, "0123456789abcdef0123456789abcdef", 32));
    pkg_digest_hex(hex, &d);
    assert_string_equal(hex, "0123456789abcdef0123456789abcdef");
    assert_false(pkg_digest_parse(&d, PKG_MD5, "0123456789abcdef0123456789abcde", 31));
    assert_false(pkg_digest_parse(&d, PKG_MD5, "0123456789ABCDEF0123456789abcdef", 32));
    assert_false(pkg_digest_parse(&d, PKG_NONE, "", 0));
    struct pkg_digest other = d;
    assert_true(pkg_digest_same(&d, &other));
    other.bytes[15] ^= 1;
    assert_false(pkg_digest_same(&d, &other));
    other = d;
    other.algorithm = PKG_SHA256;
    assert_false(pkg_digest_same(&d, &other));
}

static void what_matters(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        unsigned rank;
    } samples[] = { { "/usr/bin/ls", 1 },
                    { "/bin/ls", 1 },
                    { "/usr/lib/x86_64-linux-gnu/security/pam_unix.so", 1 },
                    { "/lib/x86_64-linux-gnu/libnss_files.so.2", 1 },
                    { "/usr/lib/systemd/system/ssh.service", 1 },
                    { "/usr/lib/x86_64-linux-gnu/libc.so.6", 2 },
                    { "/lib64/libc.so.6", 2 },
                    { "/usr/lib/x86_64-linux-gnu/a/b/plugin.so", 0 },
                    { "/usr/share/doc/x", 0 },
                    { "/usr/lib/x.txt", 0 },
                    { "", 0 } };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        assert_int_equal(pkg_base_matters(span_of(samples[i].path)), samples[i].rank);
}

static void where_files_are(void **state)
{
    (void)state;
    struct pkg_dpkg d = PKG_DPKG_INIT;
    HZ_CLEANUP(buf_free) struct buf place = BUF_INIT(1000);
    struct hz_error err;
    bool diverted;
    buf_puts(&d.diversions, "/usr/bin/x\n/usr/bin/x.real\nother\n/a\n/b");
    assert_int_equal(pkg_dpkg_divert(&d, &err), HZ_OK);
    d.aliases.list[0].from = "/bin";
    buf_init(&d.aliases.list[0].to, 100);
    buf_puts(&d.aliases.list[0].to, "/usr/bin");
    assert_int_equal(pkg_dpkg_place(&d, span_of("one"), span_of("/usr/bin/x"), &place, &diverted, &err), HZ_OK);
    assert_string_equal(buf_text(&place), "/usr/bin/x.real");
    assert_true(diverted);
    assert_int_equal(pkg_dpkg_place(&d, span_of("other:amd64"), span_of("/usr/bin/x"), &place, &diverted, &err), HZ_OK);
    assert_string_equal(buf_text(&place), "/usr/bin/x");
    assert_false(diverted);
    assert_int_equal(pkg_dpkg_place(&d, span_of("one"), span_of("/bin/y"), &place, &diverted, &err), HZ_OK);
    assert_string_equal(buf_text(&place), "/usr/bin/y");
    assert_int_equal(pkg_dpkg_place(&d, span_of("one"), span_of("/binary"), &place, &diverted, &err), HZ_OK);
    assert_string_equal(buf_text(&place), "/binary");
    assert_int_equal(pkg_dpkg_place(&d, span_of("one"), span_of("/a"), &place, &diverted, &err), HZ_OK);
    assert_string_equal(buf_text(&place), "/a"); /* a record without its third line is none */
    pkg_dpkg_close(&d);
}

static void a_base_keeps_so_many_files(void **state)
{
    (void)state;
    struct pkg_base *b = NULL;
    struct pkg_digest d, wanted;
    struct hz_error err;
    char path[200];
    assert_int_equal(pkg_base_new(&b, STDERR_FILENO, true, &err), HZ_OK);
    assert_true(pkg_digest_parse(&wanted, PKG_MD5, "0123456789abcdef0123456789abcdef", 32));
    for (size_t i = 0; i < 2 * PKG_FILES_MAX && !b->truncated; i++) {
        snprintf(path, sizeof path, "/usr/share/%0120zu", i);
        const struct pkg_file file = { .path = span_of(path), .rank = 3 };
        assert_int_equal(pkg_base_add_file(b, &file, &wanted, &err), HZ_OK);
    }
    assert_true(b->truncated);
    assert_true(b->bytes + b->file_count * sizeof *b->files < (size_t)48 << 20);
    assert_true(b->file_count > 200000);
    d = pkg_base_digest(&b->files[b->file_count - 1]);
    assert_true(pkg_digest_same(&d, &wanted));
    pkg_base_free(b);
}

TEST_MAIN(cmocka_unit_test(stanzas), cmocka_unit_test(digests), cmocka_unit_test(what_matters),
          cmocka_unit_test(where_files_are), cmocka_unit_test(a_base_keeps_so_many_files))
