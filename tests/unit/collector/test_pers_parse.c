#include "collector/persistence/pers_parse.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "collector/persistence/pers_homes.h"
#include "collector/persistence/pers_ssh.h"
#include "tests/unit/test.h"

static pers_parse *const parsers[] = { pers_cron_system,       pers_cron_user,
                                       pers_cron_script,       pers_cron_anacron,
                                       pers_cron_at,           pers_cron_incron,
                                       pers_unit_file,         pers_unit_manager,
                                       pers_desktop_autostart, pers_desktop_dbus,
                                       pers_desktop_xinetd,    pers_ssh_keys,
                                       pers_ssh_config,        pers_program_run,
                                       pers_program_sourced,   pers_program_present,
                                       pers_program_rc,        pers_program_init,
                                       pers_etc_preload,       pers_etc_library_path,
                                       pers_etc_environment,   pers_etc_pam,
                                       pers_etc_modprobe,      pers_etc_modules,
                                       pers_etc_binfmt,        pers_etc_inittab,
                                       pers_etc_inetd,         pers_etc_nss,
                                       pers_etc_sysctl,        pers_etc_kernel,
                                       pers_hooks_udev,        pers_hooks_apt,
                                       pers_hooks_dpkg,        pers_hooks_logrotate,
                                       pers_hooks_interfaces,  pers_hooks_aliases,
                                       pers_hooks_forward,     pers_hooks_acpi,
                                       pers_hooks_tmpfiles,    pers_hooks_sysusers,
                                       pers_hooks_rsyslog,     pers_hooks_audit,
                                       pers_etc_lines,         pers_etc_settings,
                                       pers_supervise_upstart, pers_supervise_supervisor,
                                       pers_ssh_keys_of_name,  pers_ssh_keys_of_folder };
#define PARSERS (sizeof parsers / sizeof parsers[0])

static const char *const names[] = { "a0000101c88c40", "x.service", "x.rules",  "x.desktop",
                                     "S01x",           "x.conf",    "pam.conf", "core_pattern" };
static const char *const folders[] = { "rc2.d", "x.service.d", "x.target.wants", "incron", "atjobs" };

/* The bytes lie in memory of just their length, so that a sanitizer sees what looks beyond them. */
static struct pers_hunt *parse(pers_parse *parser, const char *name, const char *folder, const void *text, size_t len)
{
    struct pers_hunt *h = NULL;
    struct hz_error err;
    HZ_CLEANUP(io_close) int root = -1;
    char *copy = malloc(len == 0 ? 1 : len);
    const struct pers_place place = { .path = "/etc/x", .kind = "sample", .scope = "system", .rank = 1 };
    assert_non_null(copy);
    memcpy(copy, text, len);
    assert_int_equal(io_open_directory("/", &root, &err), HZ_OK);
    assert_int_equal(pers_hunt_new(&h, root, NULL, NULL, &err), HZ_OK);
    struct pers_file file = { .hunt = h,
                              .place = &place,
                              .name = span_of(name),
                              .folder = span_of(folder),
                              .text = { copy, len },
                              .executable = true,
                              .regular = true,
                              .row = { .kind = "sample", .scope = "system", .rank = 1, .origin = span_of("/etc/x") } };
    assert_int_equal(parser(&file, &err), HZ_OK);
    free(copy);
    return h;
}

static const char samples[] =
    "* * * * * root /no/such/program --x\n@daily /no/such\nA=b\n1 2 x /no/such\n\\\n"
    "[Service]\nExecStart=-/no/such \\\n --more\n[Timer]\nOnCalendar=daily\n[Install]\nAlias=x\n[\n=\n]x=\n"
    "[Desktop Entry]\nExec=/no/such\n[D-BUS Service]\nUser=root\nservice x\n{\nserver = /no\n}\n"
    "command=\"a\\\"b\" ssh-ed25519 AAAA comment\nssh-rsa\nfrom=\"x ssh-rsa AAAA\nauth [a=b c] m.so x\nauth [\n"
    "RUN+=\"/no/such\", PROGRAM=\"x\nRUN\nIMPORT{program}=\"\"\ninstall x y\n:a:b:c:d:e:f:g\n::\nx:2:once:/no\n"
    "postrotate\n/no\nendscript\nup /no\nx: |/no\n|/no\naction=/no\nkernel.core_pattern=|/no\npre-invoke=\"/no\"\n"
    "DPkg::Post-Invoke {\"/no\";};\nscript\n/no\nend script\nexec /no\n*.* "
    "^/no\nbinary=\"/no\npath=/no\n[program:x]\ncommand=/no\nw /x\n"
    "Include \"/no such\" x/*\nAuthorizedKeysFile \"/no/%u\" /no/%u/k %h/k \"\nTrustedUserCAKeys \"/no\ninclude "
    "/no/[*\nLD_PRELOAD=x\n/a.so:b.so:::\n# atrun uid=7\ncd / || {\n}\n/no\n";

static void every_beginning_and_every_end(void **state)
{
    (void)state;
    for (size_t p = 0; p < PARSERS; p++)
        for (size_t len = 0; len < sizeof samples; len += len < 40 ? 1 : 7) {
            size_t n = (p + len) % (sizeof names / sizeof names[0]),
                   f = (p + len) % (sizeof folders / sizeof folders[0]);
            pers_hunt_free(parse(parsers[p], names[n], folders[f], samples, len));
            pers_hunt_free(parse(parsers[p], names[n], folders[f], samples + len, sizeof samples - 1 - len));
        }
}

/* A generator of its own: the same bytes everywhere. */
static void noise(unsigned char *out, size_t len, uint32_t seed)
{
    static const char marks[] = "\n \t=:\"'[]{}\\#|/%;,@-\0AZaz09";
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525U + 1013904223U;
        unsigned pick = seed >> 24;
        out[i] = pick < 160 ? (unsigned char)marks[pick % (sizeof marks - 1)] : (unsigned char)pick;
    }
}

static void bytes_of_any_kind(void **state)
{
    (void)state;
    unsigned char bytes[700];
    for (uint32_t seed = 1; seed <= 200; seed++) {
        size_t len = seed * 37 % sizeof bytes;
        noise(bytes, len, seed);
        for (size_t p = 0; p < PARSERS; p++)
            pers_hunt_free(parse(parsers[p], names[seed % (sizeof names / sizeof names[0])],
                                 folders[seed % (sizeof folders / sizeof folders[0])], bytes, len));
    }
}

static void a_file_of_rows_is_bounded(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    for (size_t i = 0; i < 150000; i++)
        buf_puts(&text, "x:y\n");
    struct pers_hunt *h = parse(pers_etc_nss, "nsswitch.conf", "etc", text.data, text.len);
    assert_int_equal(h->rows.count, PERS_FILE_ROWS_MAX);
    pers_hunt_free(h);
}

static void homes_of_passwd(void **state)
{
    (void)state;
    struct pers_homes h = { 0 };
    struct hz_error err;
    static const char text[] = "root:x:0:0:root:/root:/bin/sh\nshort:x:1\nnone:x:1:1:::/bin/sh\nrelative:x:1:1::home:\n"
                               "twin:x:2:2::/root/:/bin/sh\nlast:x:3:3::/home/last";
    assert_int_equal(pers_homes_parse(&h, span_of(text), &err), HZ_OK);
    assert_int_equal(h.count, 2);
    assert_string_equal(h.list[0].path, "/root");
    assert_string_equal(h.list[0].user, "root");
    assert_string_equal(h.list[1].path, "/home/last");
    pers_homes_free(&h);
}

static void where_keys_are(void **state)
{
    (void)state;
    char path[] = "/home/sato", user[] = "sato";
    const struct pers_home home = { path, user, 0 };
    struct pers_paths patterns = { 0 }, out = { 0 };
    struct hz_error err;
    static const char *const asked[] = { "%h/keys", "/etc/keys/%u", ".ssh/x%%", "%t", "%", "/x/%uend" };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        assert_int_equal(pers_paths_add(&patterns, span_of(asked[i]), &err), HZ_OK);
    assert_int_equal(pers_ssh_expand(&patterns, &home, &out, &err), HZ_OK);
    assert_int_equal(out.count, 4);
    assert_true(span_is(out.list[0], "/home/sato"
                                     "/keys"));
    assert_true(span_is(out.list[1], "/etc/keys/sato"));
    assert_true(span_is(out.list[2], ".ssh/x%"));
    assert_true(span_is(out.list[3], "/x/satoend"));
    pers_paths_free(&patterns);
    pers_paths_free(&out);
}

TEST_MAIN(cmocka_unit_test(every_beginning_and_every_end), cmocka_unit_test(bytes_of_any_kind),
          cmocka_unit_test(a_file_of_rows_is_bounded), cmocka_unit_test(homes_of_passwd),
          cmocka_unit_test(where_keys_are))
