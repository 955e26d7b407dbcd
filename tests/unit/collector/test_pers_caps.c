#include "collector/persistence/pers_caps.h"

#include "base/error.h"
#include "tests/unit/test.h"

#define REVISION_2 0x02
#define REVISION_3 0x03

static void says(const unsigned char *bytes, size_t len, const char *wanted)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(10000);
    struct pers_caps caps;
    assert_true(pers_caps_parse(bytes, len, &caps));
    pers_caps_put(&text, &caps);
    assert_string_equal(buf_text(&text), wanted);
}

static void as_getcap_prints_them(void **state)
{
    (void)state;
    unsigned char v2[20] = { 1, 0, 0, REVISION_2, 0, 0x20 }; /* permitted: bit 13 */
    says(v2, sizeof v2, "cap_net_raw=ep");
    v2[0] = 0;
    says(v2, sizeof v2, "cap_net_raw=p");
    v2[8] = 0x80; /* inheritable: bit 7 */
    says(v2, sizeof v2, "cap_net_raw=p cap_setuid=i");
    v2[4] = 0x80;
    v2[0] = 1;
    says(v2, sizeof v2, "cap_setuid=eip cap_net_raw=ep");
    unsigned char high[20] = { 1, 0, 0, REVISION_2 };
    high[12] = 0x80; /* bit 39 */
    high[15] = 0x80; /* bit 63 */
    says(high, sizeof high, "cap_bpf,cap_63=ep");
    unsigned char v1[12] = { 0, 0, 0, 1, 1 };
    says(v1, sizeof v1, "cap_chown=p");
    unsigned char none[20] = { 0, 0, 0, REVISION_2 };
    says(none, sizeof none, "=");
}

static void of_another_user_namespace(void **state)
{
    (void)state;
    unsigned char v3[24] = { 1, 0, 0, REVISION_3, 1 };
    struct pers_caps caps;
    v3[20] = 0xA0;
    v3[21] = 0x86;
    v3[22] = 1;
    assert_true(pers_caps_parse(v3, sizeof v3, &caps));
    assert_true(caps.has_root);
    assert_int_equal(caps.root_uid, 100000);
}

static void other_forms_are_refused(void **state)
{
    (void)state;
    unsigned char bytes[32] = { 1, 0, 0, REVISION_2 };
    struct pers_caps caps;
    for (size_t len = 0; len <= sizeof bytes; len++)
        assert_int_equal(pers_caps_parse(bytes, len, &caps), len == 20);
    bytes[3] = 9;
    for (size_t len = 0; len <= sizeof bytes; len++)
        assert_false(pers_caps_parse(bytes, len, &caps));
}

static void what_is_small(void **state)
{
    (void)state;
    assert_true(pers_caps_small(&(struct pers_caps) { .permitted = 1 << 13 | 1 << 10 }));
    assert_false(pers_caps_small(&(struct pers_caps) { .permitted = 1 << 13 | 1 << 12 }));
    assert_false(pers_caps_small(&(struct pers_caps) { .inheritable = 1 << 7 }));
    assert_false(pers_caps_small(&(struct pers_caps) { .permitted = UINT64_C(1) << 39 }));
}

TEST_MAIN(cmocka_unit_test(as_getcap_prints_them), cmocka_unit_test(of_another_user_namespace),
          cmocka_unit_test(other_forms_are_refused), cmocka_unit_test(what_is_small))
