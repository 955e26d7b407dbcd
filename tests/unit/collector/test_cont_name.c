/* Names of containers in control groups, as runtimes write them and as somebody might to be taken for one. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/test.h"

#include "collector/containers/cont_name.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void runtimes_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *text, *runtime, *id, *path;
    } all[] = {
        { "0::/system.slice/docker-" ID ".scope\n", "docker", ID, "/system.slice/docker-" ID ".scope" },
        { "12:pids:/docker/" ID "\n11:cpu:/docker/" ID "\n", "docker", ID, "/docker/" ID },
        { "12:pids:/\n0::/docker/" ID "/init\n", "docker", ID, "/docker/" ID },
        { "0::/machine.slice/libpod-" ID ".scope/container", "podman", ID, "/machine.slice/libpod-" ID ".scope" },
        { "0::/libpod_parent/libpod-" ID, "podman", ID, "/libpod_parent/libpod-" ID },
        { "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope", "containerd", ID,
          "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope" },
        { "0::/system.slice/kubepods-pod1.slice:cri-containerd:" ID, "containerd", ID,
          "/system.slice/kubepods-pod1.slice:cri-containerd:" ID },
        { "0::/kubepods/burstable/crio-" ID, "cri-o", ID, "/kubepods/burstable/crio-" ID },
        { "0::/lxc.payload.web/system.slice", "lxc", "web", "/lxc.payload.web" },
        { "4:memory:/lxc/web", "lxc", "web", "/lxc/web" },
        { "0::/machine.slice/machine-deb\\x2d12.scope/payload", "nspawn", "deb\\x2d12",
          "/machine.slice/machine-deb\\x2d12.scope" },
        { "0::/machine.slice/systemd-nspawn@deb.service/payload", "nspawn", "deb",
          "/machine.slice/systemd-nspawn@deb.service" },
        { "0::/kubepods/pod1/" ID, "unknown", ID, "/kubepods/pod1/" ID },
        /* one inside the other: the inner one */
        { "0::/lxc.payload.web/system.slice/docker-" ID ".scope", "docker", ID,
          "/lxc.payload.web/system.slice/docker-" ID ".scope" },
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct cont_name n;
        assert_int_equal(cont_name_find(&n, all[i].text, strlen(all[i].text)), HZ_OK);
        assert_string_equal(n.runtime, all[i].runtime);
        assert_int_equal(n.id.len, strlen(all[i].id));
        assert_memory_equal(n.id.data, all[i].id, n.id.len);
        assert_int_equal(n.path.len, strlen(all[i].path));
        assert_memory_equal(n.path.data, all[i].path, n.path.len);
    }
}

static void others_are_not(void **state)
{
    (void)state;
    static const char *const all[] = { "",
                                       "\n",
                                       "0::/",
                                       "0::",
                                       "0:",
                                       "::",
                                       "/docker/" ID,
                                       "0::/system.slice/docker.service",
                                       "0::/user.slice/user-1000.slice/session-3.scope",
                                       "0::/docker-" ID "0.scope",
                                       "0::/docker-0123.scope",
                                       "0::/docker-.scope",
                                       "0::/machine.slice/libpod-conmon-" ID ".scope",
                                       "0::/lxc.monitor.web",
                                       "0::/machine-.scope",
                                       "0::/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/emulator",
                                       "0::/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef" };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct cont_name n;
        assert_int_equal(cont_name_find(&n, all[i], strlen(all[i])), HZ_E_NOTFOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(runtimes_are_known), cmocka_unit_test(others_are_not) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
