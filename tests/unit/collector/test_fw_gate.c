/* What the kernel may be asked about, by the files of a host that is made up here. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "collector/firewall/fw_gate.h"

struct host {
    char path[64];
    int root;
};

static void make_folder(const struct host *h, const char *path)
{
    assert_int_equal(mkdirat(h->root, path, 0755), 0);
}

static void make_file(const struct host *h, const char *path, const char *text)
{
    int fd = openat(h->root, path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void make_host(struct host *h)
{
    strcpy(h->path, "/tmp/fw-gate-XXXXXX");
    assert_non_null(mkdtemp(h->path));
    h->root = open(h->path, O_RDONLY | O_DIRECTORY);
    assert_true(h->root >= 0);
    make_folder(h, "proc");
    make_folder(h, "sys");
    make_folder(h, "sys/module");
}

static void free_host(struct host *h)
{
    char command[128];
    close(h->root);
    snprintf(command, sizeof command, "rm -rf %s", h->path);
    assert_int_equal(system(command), 0);
}

static int find(const struct host *h, struct fw_gate *out)
{
    static const struct collect_options options;
    static struct run run; /* too large for a stack */
    run.options = &options;
    run.root = h->root;
    stop_begin(&run.stop, 0, NULL);
    return fw_gate_find(&run, out, NULL);
}

static void test_no_modules(void **state)
{
    struct host h;
    struct fw_gate g;
    (void)state;
    make_host(&h);
    assert_int_equal(find(&h, &g), HZ_OK);
    assert_true(g.nf_tables && g.ip_set); /* a kernel without modules loads none */
    assert_false(g.ebtables[0] || g.ebtables[1] || g.ebtables[2]);
    free_host(&h);
}

static void test_loaded(void **state)
{
    struct host h;
    struct fw_gate g;
    (void)state;
    make_host(&h);
    make_file(&h, "proc/modules", "nf_tables_x 1 0 - Live 0x0\nip_set 1 0 - Live 0x0\nebtable_nat 1 0 - Live 0x0\n");
    assert_int_equal(find(&h, &g), HZ_OK);
    assert_false(g.nf_tables);
    assert_true(g.ip_set);
    assert_true(!g.ebtables[0] && !g.ebtables[1] && g.ebtables[2]);
    make_folder(&h, "sys/module/nf_tables"); /* the other view */
    assert_int_equal(find(&h, &g), HZ_OK);
    assert_true(g.nf_tables);
    free_host(&h);
}

static void test_built_in(void **state)
{
    struct host h;
    struct fw_gate g;
    struct utsname u;
    char path[256];
    (void)state;
    make_host(&h);
    make_file(&h, "proc/modules", "");
    assert_int_equal(find(&h, &g), HZ_OK);
    assert_false(g.nf_tables || g.ip_set);
    assert_int_equal(uname(&u), 0);
    make_folder(&h, "lib");
    make_folder(&h, "lib/modules");
    snprintf(path, sizeof path, "lib/modules/%s", u.release);
    make_folder(&h, path);
    snprintf(path, sizeof path, "lib/modules/%s/modules.builtin", u.release);
    make_file(&h, path, "kernel/net/netfilter/my_ip_set.ko\nkernel/net/netfilter/nf_tables.ko\n");
    assert_int_equal(find(&h, &g), HZ_OK);
    assert_true(g.nf_tables);
    assert_false(g.ip_set);
    free_host(&h);
}

TEST_MAIN(cmocka_unit_test(test_no_modules), cmocka_unit_test(test_loaded), cmocka_unit_test(test_built_in))
