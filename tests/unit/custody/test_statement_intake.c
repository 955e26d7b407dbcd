/* What an intake tells about things that are no bundles. */
#include "tests/unit/custody/sample_statement.h"
#include "tests/unit/test.h"

static void test_what_an_intake_tells(void **state)
{
    static const char *const witnesses[] = { "Kondo Aoi", "Mori Jun" };
    struct w_statement s = sample_statement(R_STATEMENT_INTAKE);
    struct r_statement out = { 0 };

    (void)state;
    assert_int_equal(r_hash_start(NULL), HZ_OK);
    s.body.source.make = "Sample";
    s.body.source.serial = "S-1";
    s.body.discovered.at = s.time;
    s.body.collected.method = "dd";
    s.body.collected.tool_sha256 = DIGEST_A;
    s.body.clock.offset = "+0.5 s";
    s.body.listing.format = "zip";
    s.body.listing.members = "12";
    s.body.listing.sha256 = DIGEST_B;
    s.body.override.rule = "two";
    s.body.override.reason = "nobody else was there";
    s.body.witnesses = witnesses;
    s.body.witness_count = 2;
    assert_int_equal(sample_round_trip(&s, &out, NULL), HZ_OK);
    assert_string_equal(r_statement_text(&out, "source.serial"), "S-1");
    assert_string_equal(r_statement_text(&out, "discovered.at"), "2026-11-20T21:00:00+09:00");
    assert_int_equal(stamp_compare(out.body.discovered.at.at, s.time.at), 0);
    assert_string_equal(out.body.collected.tool_sha256, DIGEST_A);
    assert_string_equal(r_statement_text(&out, "listing.members"), "12");
    assert_string_equal(out.body.override.rule, "two");
    assert_int_equal(out.body.witness_count, 2);
    assert_string_equal(out.body.witnesses[1], "Mori Jun");
    assert_null(r_statement_text(&out, "source.model"));
    assert_null(r_statement_text(&out, "source"));
    assert_null(r_statement_text(&out, "evidence.host"));
    r_statement_free(&out);
}

/* Only what was hashed has digests; only of a thing need nothing have been hashed. */
static void test_kinds(void **state)
{
    static const char *const things[] = { "device", "paper", "other" }, *const files[] = { "file", "image", "export",
                                                                                           "screenshot", "archive" };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct w_statement s = sample_statement(R_STATEMENT_INTAKE);
        struct r_statement out = { 0 };
        s.body.kind = things[i];
        s.body.evidence = NULL;
        s.content_id = s.file_sha256 = NULL;
        assert_int_equal(sample_round_trip(&s, &out, NULL), HZ_OK);
        r_statement_free(&out);
        s.body.size = "7";
        sample_refused(&s);
        s.body.size = NULL;
        s.body.evidence = &sample_evidence;
        sample_refused(&s);
    }
    for (size_t i = 0; i < 5; i++) {
        struct w_statement s = sample_statement(R_STATEMENT_INTAKE);
        struct r_statement out = { 0 };
        s.body.kind = files[i];
        s.body.evidence = NULL;
        s.content_id = NULL;
        assert_int_equal(sample_round_trip(&s, &out, NULL), HZ_OK);
        r_statement_free(&out);
        s.file_sha256 = NULL;
        sample_refused(&s);
    }
}

TEST_MAIN(cmocka_unit_test(test_what_an_intake_tells), cmocka_unit_test(test_kinds))
