/* Extensions whose data is shorter than they say: all that are known, in every revision and length. */
#include "tests/unit/test.h"

#include <linux/netfilter.h>
#include <stdlib.h>

#include "collector/firewall/fw_xt.h"

static void test_short(void **state)
{
    static const char *const names[] = {
        "tcp",      "udp",       "icmp",      "icmp6",     "multiport", "comment",  "state",      "conntrack", "limit",
        "mark",     "connmark",  "mac",       "owner",     "addrtype",  "iprange",  "length",     "ttl",       "hl",
        "pkttype",  "physdev",   "recent",    "set",       "SNAT",      "DNAT",     "MASQUERADE", "REDIRECT",  "REJECT",
        "LOG",      "MARK",      "CONNMARK",  "NFLOG",     "NFQUEUE",   "TCPMSS",   "TTL",        "HL",        "TRACE",
        "nonesuch", "statistic", "hashlimit", "connlimit", "connbytes", "quota",    "time",       "string",    "tcpmss",
        "dscp",     "tos",       "helper",    "realm",     "cpu",       "cgroup",   "devgroup",   "esp",       "ah",
        "rpfilter", "socket",    "CT",        "NETMAP",    "TPROXY",    "CLASSIFY", "CHECKSUM",   "DSCP",      "TOS",
        "TEE",      "AUDIT",     "SYNPROXY",  "SET",
    };
    static const unsigned char fills[] = { 0x00, 0x01, 0x7f, 0xff };
    size_t known = 0;
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        for (unsigned revision = 0; revision < 5; revision++)
            for (size_t len = 0; len < 640; len += len < 64 ? 1 : 16)
                for (size_t f = 0; f < sizeof fills; f++) {
                    unsigned char *data = malloc(len + 1);
                    struct buf out = BUF_INIT(65536);
                    assert_non_null(data);
                    memset(data, fills[f], len);
                    const struct fw_xt x = { names[n], revision, data, len, n % 2 == 0 ? NFPROTO_IPV4 : NFPROTO_IPV6,
                                             NULL };
                    bool said = fw_xt_match(&out, &x) || fw_xt_target(&out, &x);
                    assert_int_equal(out.failed, HZ_OK);
                    assert_true(said || out.len == 0);
                    known += said;
                    for (size_t i = 0; i < out.len; i++)
                        assert_true(out.data[i] >= 0x20);
                    buf_free(&out);
                    free(data);
                }
    assert_true(known > 1000);
}

static void test_strings(void **state)
{
    static const struct {
        const char *text, *quoted;
    } rows[] = { { "plain-1_x", "plain-1_x" }, { "", "\"\"" },           { "a b", "\"a b\"" },
                 { "a\"b'", "\"a\\\"b\\'\"" }, { "a\\b", "\"a\\\\b\"" }, { "a\x1b", "\"a\\x1b\"" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = BUF_INIT(256);
        fw_xt_string(&out, rows[i].text, strlen(rows[i].text));
        assert_string_equal(buf_text(&out), rows[i].quoted);
        buf_free(&out);
    }
}

TEST_MAIN(cmocka_unit_test(test_short), cmocka_unit_test(test_strings))
