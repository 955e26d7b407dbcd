/* A ledger's policy: what may stand in one, what each kind of rule forbids, and what an override allows. */
#include <stdio.h>

#include "formats/read/policy.h"
#include "tests/unit/test.h"

#define SATO "SHA256:sssssssssssssssssssssssssssssssssssssssssss"
#define TANAKA "SHA256:ttttttttttttttttttttttttttttttttttttttttttt"

static void test_grammar(void **state)
{
    static const char *const good[] = {
        "{}",
        "{\"copies\":64,\"recheck_days\":36500,\"rules\":[]}",
        "{\"rules\":[{\"name\":\"two\",\"types\":[\"copy\"]}]}",
        "{\"rules\":[{\"checkpoint_signer\":true,\"name\":\"a\",\"persons\":4,\"requires\":[\"case\",\"witness\"],"
        "\"roles\":[\"analyst\"],\"types\":[\"disposal\",\"disposal-plan\",\"offer\"]}]}",
    };
    static const char *const bad[] = {
        "",
        "[]",
        "{\"copies\":0}",
        "{\"copies\":65}",
        "{\"copies\":\"2\"}",
        "{\"recheck_days\":36501}",
        "{\"x-lab\":\"1\"}",
        "{\"note\":1}",
        "{\"rules\":{}}",
        "{\"rules\":[{\"types\":[\"copy\"]}]}",
        "{\"rules\":[{\"name\":\"a\"}]}",
        "{\"rules\":[{\"name\":\"a b\",\"types\":[\"copy\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"types\":[]}]}",
        "{\"rules\":[{\"name\":\"a\",\"types\":[\"exchange\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"types\":[\"acceptance\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"types\":[\"policy\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"types\":[\"offer\",\"copy\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"types\":[\"copy\",\"copy\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"types\":[\"disposal-plan\",\"disposal\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"persons\":1,\"types\":[\"copy\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"persons\":5,\"types\":[\"copy\"]}]}",
        "{\"rules\":[{\"checkpoint_signer\":false,\"name\":\"a\",\"types\":[\"copy\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"roles\":[],\"types\":[\"copy\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"roles\":[\"b\",\"a\"],\"types\":[\"copy\"]}]}",
        "{\"rules\":[{\"name\":\"a\",\"types\":[\"copy\"]},{\"name\":\"a\",\"types\":[\"copy\"]}]}",
    };
    struct r_policy policy;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct hz_error err = { 0 };
        if (r_policy_parse(&policy, good[i], &err) != HZ_OK)
            fail_msg("%s: %s", good[i], err.text);
        r_policy_free(&policy);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (r_policy_parse(&policy, bad[i], NULL) != HZ_E_FORMAT)
            fail_msg("%s", bad[i]);
}

static void test_too_many(void **state)
{
    struct buf text = BUF_INIT(65536);
    struct r_policy policy;

    (void)state;
    for (unsigned count = 64; count <= 65; count++) {
        buf_reset(&text);
        buf_puts(&text, "{\"rules\":[");
        for (unsigned i = 0; i < count; i++)
            buf_printf(&text, "%s{\"name\":\"r%u\",\"types\":[\"copy\"]}", i > 0 ? "," : "", i);
        buf_puts(&text, "]}");
        assert_int_equal(r_policy_parse(&policy, buf_text(&text), NULL), count == 64 ? HZ_OK : HZ_E_FORMAT);
        if (count == 64)
            r_policy_free(&policy);
    }
    buf_free(&text);
}

struct trial {
    struct r_statement s;
    struct r_ledger_signing g;
    const char *role;
};

static struct trial begin(void)
{
    struct trial t = { .s.type = R_STATEMENT_COPY, .g.count = 1, .role = "custodian" };

    t.s.actor.key = SATO;
    snprintf(t.g.by[0].key, sizeof t.g.by[0].key, "%s", SATO);
    snprintf(t.g.by[1].key, sizeof t.g.by[1].key, "%s", TANAKA);
    t.g.by[0].known = true;
    return t;
}

static bool allowed(const char *rule, const struct trial *t)
{
    struct buf text = BUF_INIT(4096);
    struct hz_error err = { 0 };
    struct r_policy policy;
    int rc;

    buf_printf(&text, "{\"rules\":[%s]}", rule);
    assert_int_equal(r_policy_parse(&policy, buf_text(&text), &err), HZ_OK);
    rc = r_policy_check(&policy, &t->s, &t->g, t->role, &err);
    if (rc != HZ_OK)
        assert_non_null(strstr(err.text, " two")); /* the rule's name */
    r_policy_free(&policy);
    buf_free(&text);
    return rc == HZ_OK;
}

static void test_kinds_of_rules(void **state)
{
    struct trial t = begin();

    (void)state;
    assert_true(allowed("{\"name\":\"two\",\"persons\":2,\"types\":[\"move\"]}", &t));
    assert_false(allowed("{\"name\":\"two\",\"persons\":2,\"types\":[\"copy\",\"move\"]}", &t));
    t.g.count = 2;
    assert_false(allowed("{\"name\":\"two\",\"persons\":2,\"types\":[\"copy\"]}", &t)); /* nobody knows the second */
    t.g.by[1].known = true;
    assert_true(allowed("{\"name\":\"two\",\"persons\":2,\"types\":[\"copy\"]}", &t));
    assert_false(allowed("{\"checkpoint_signer\":true,\"name\":\"two\",\"types\":[\"copy\"]}", &t));
    t.g.by[1].checkpoint_signer = true;
    assert_true(allowed("{\"checkpoint_signer\":true,\"name\":\"two\",\"types\":[\"copy\"]}", &t));
    assert_false(allowed("{\"name\":\"two\",\"roles\":[\"analyst\"],\"types\":[\"copy\"]}", &t));
    assert_true(allowed("{\"name\":\"two\",\"roles\":[\"analyst\",\"custodian\"],\"types\":[\"copy\"]}", &t));
    t.role = NULL;
    assert_false(allowed("{\"name\":\"two\",\"roles\":[\"analyst\",\"custodian\"],\"types\":[\"copy\"]}", &t));
    assert_false(allowed("{\"name\":\"two\",\"requires\":[\"case\",\"medium\"],\"types\":[\"copy\"]}", &t));
    t.s.case_id = "C";
    assert_false(allowed("{\"name\":\"two\",\"requires\":[\"case\",\"medium\"],\"types\":[\"copy\"]}", &t));
    t.s.body.medium = "disk";
    assert_true(allowed("{\"name\":\"two\",\"requires\":[\"case\",\"medium\"],\"types\":[\"copy\"]}", &t));
}

static void test_override(void **state)
{
    static const char rule[] = "{\"name\":\"two\",\"roles\":[\"analyst\"],\"types\":[\"copy\"]}";
    struct trial t = begin();

    (void)state;
    t.g.count = 2;
    t.g.by[1].known = true;
    t.s.body.override.rule = "two";
    t.s.body.override.reason = "nobody else was there";
    assert_false(allowed(rule, &t));
    t.g.by[0].checkpoint_signer = true; /* the actor's own word is not enough */
    assert_false(allowed(rule, &t));
    t.g.by[1].checkpoint_signer = true;
    assert_true(allowed(rule, &t));
    t.s.body.override.rule = "three";
    assert_false(allowed(rule, &t));
    t.s.body.override.rule = "two"; /* which stands in nobody's way here */
    assert_false(allowed("{\"name\":\"two\",\"types\":[\"move\"]}", &t));
    t.role = "analyst";
    assert_false(allowed(rule, &t));
    t.s.body.override.rule = NULL;
    assert_true(allowed(rule, &t));
}

TEST_MAIN(cmocka_unit_test(test_grammar), cmocka_unit_test(test_too_many), cmocka_unit_test(test_kinds_of_rules),
          cmocka_unit_test(test_override))
