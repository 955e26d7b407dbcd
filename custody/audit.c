#include "custody/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "custody/audit_pages.h"
#include "custody/audit_part.h"
#include "custody/timestamp.h"

void audit_free(struct audit *a)
{
    store_close(a->other);
    store_close(a->store);
    store_close(a->scratch);
    free(a->findings);
    for (size_t i = 0; i < a->outside_count; i++)
        outside_free(&a->outside[i].known);
    free(a->outside);
    audit_time_free(&a->time);
    buf_free(&a->unknown);
    memset(a, 0, sizeof *a);
}

static struct audit_finding *next_finding(struct audit *a, const char *code)
{
    struct audit_finding *f;

    if (a->finding_count == AUDIT_FINDINGS) {
        a->findings_more++;
        return NULL;
    }
    f = &a->findings[a->finding_count++];
    memset(f, 0, sizeof *f);
    f->code = code;
    return f;
}

void audit_find(struct audit *a, const char *code, uint64_t entry, const char *format, ...)
{
    struct audit_finding *f = next_finding(a, code);
    va_list ap;

    if (f == NULL)
        return;
    f->has_entry = true;
    f->entry = entry;
    va_start(ap, format);
    vsnprintf(f->detail, sizeof f->detail, format, ap);
    va_end(ap);
}

void audit_find_whole(struct audit *a, const char *code, const char *format, ...)
{
    struct audit_finding *f = next_finding(a, code);
    va_list ap;

    if (f == NULL)
        return;
    va_start(ap, format);
    vsnprintf(f->detail, sizeof f->detail, format, ap);
    va_end(ap);
}

void audit_find_item(struct audit *a, const char *code, uint64_t entry, const char *item, const char *detail)
{
    struct audit_finding *f = next_finding(a, code);

    if (f == NULL)
        return;
    f->has_entry = true;
    f->entry = entry;
    snprintf(f->item, sizeof f->item, "%s", item);
    snprintf(f->detail, sizeof f->detail, "%s", detail);
}

void audit_unknown(struct audit *a, const char *format, ...)
{
    char line[1024];
    va_list ap;

    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    buf_printf(&a->unknown, "%s\n", line);
}

/* What the ledger rightly says about an item, a key, or another ledger; nothing is wrong with this one. */
static bool is_about_others(const char *code)
{
    static const char *const codes[] = {
        "time-early",        "clock-ahead",  "integrity-failed", "authenticity-failed",    "copy-failed",
        "counterparty-fork", "policy-unmet", "signer-in-doubt",  "signer-named-otherwise", "receiver-named-otherwise"
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(code, codes[i]) == 0)
            return true;
    return false;
}

enum audit_verdict audit_verdict(const struct audit *a)
{
    for (size_t i = 0; i < a->finding_count; i++)
        if (!is_about_others(a->findings[i].code))
            return AUDIT_FAILED;
    return a->unknown.len > 0 ? AUDIT_UNDETERMINED : AUDIT_CONSISTENT;
}

/* Whole-ledger findings first, then by entry; equal ones stay in the order found. */
static int compare(const struct audit_finding *x, const struct audit_finding *y)
{
    if (x->has_entry != y->has_entry)
        return x->has_entry ? 1 : -1;
    if (x->entry != y->entry)
        return x->entry < y->entry ? -1 : 1;
    return 0;
}

static void sort_findings(struct audit *a)
{
    for (size_t i = 1; i < a->finding_count; i++) {
        struct audit_finding moved = a->findings[i];
        size_t k = i;
        for (; k > 0 && compare(&a->findings[k - 1], &moved) > 0; k--)
            a->findings[k] = a->findings[k - 1];
        a->findings[k] = moved;
    }
}

/* What is derived begins empty. */
static int open_scratch(struct audit *a, struct hz_error *err)
{
    int rc = store_scratch(&a->scratch, err);

    a->told = a->scratch;
    if (rc == HZ_OK)
        a->scratch->later = true;
    return rc == HZ_OK ? store_snapshot(a->scratch, err) : rc; /* one transaction: nothing of it is ever kept */
}

static int open_all(struct audit *a, const char *path, struct hz_error *err)
{
    int rc;

    memset(a, 0, sizeof *a);
    buf_init(&a->unknown, 65536);
    a->findings = calloc(AUDIT_FINDINGS, sizeof *a->findings);
    if (a->findings == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = store_open(&a->store, path, STORE_AUDIT, err);
    if (rc == HZ_OK)
        rc = store_again(&a->other, a->store, err);
    if (rc == HZ_OK)
        rc = audit_pages_same(a->store, a->other, err);
    return rc == HZ_OK ? open_scratch(a, err) : rc;
}

/* In this order. Where a->differs nothing that was found counts. */
static int derive(struct audit *a, struct hz_error *err)
{
    static int (*const parts[])(struct audit * a, struct hz_error * err) = {
        audit_index_drop, audit_entries, audit_tables, audit_witnesses, audit_items,
        audit_copies,     audit_policy,  audit_keys,   audit_clock,
    };
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && !a->differs && i < sizeof parts / sizeof parts[0]; i++)
        rc = parts[i](a, err);
    if (rc != HZ_E_FORMAT || a->told != a->store)
        return rc;
    a->differs = true;
    return HZ_OK;
}

/* As before the first entry was read. */
static int begin_again(struct audit *a, struct hz_error *err)
{
    struct r_timestamp_roots *roots = a->time.roots;

    a->time.roots = NULL;
    audit_time_free(&a->time);
    a->time.roots = roots;
    buf_reset(&a->unknown);
    for (size_t i = 0; i < a->outside_count; i++)
        a->outside[i] = (struct audit_outside) { .known = a->outside[i].known };
    memset(a->ledger, 0, sizeof a->ledger);
    memset(a->roots, 0, sizeof a->roots);
    a->size = a->covered = a->checkpoints = a->seen = 0;
    a->finding_count = 0;
    a->findings_more = 0;
    a->broken = a->gap = a->differs = false;
    store_close(a->scratch);
    a->scratch = NULL;
    return open_scratch(a, err);
}

/* A ledger whose tables are what its entries say, which is the rule, is only compared with them. Else all is derived
 * again into tables of its own, so that what is found does not follow from what was changed. */
static int run(struct audit *a, struct hz_error *err)
{
    bool readable = false;
    int rc = audit_schema(a, &readable, err);

    if (rc != HZ_OK || !readable)
        return rc;
    rc = derive(a, err);
    if (rc != HZ_OK || !a->differs)
        return rc;
    rc = begin_again(a, err);
    if (rc == HZ_OK)
        rc = audit_file(a, err);
    return rc == HZ_OK ? derive(a, err) : rc;
}

int audit_run(struct audit *a, const struct audit_order *order, struct hz_error *err)
{
    int rc = open_all(a, order->ledger, err);

    if (rc == HZ_OK)
        rc = audit_outside_load(a, order, err);
    if (rc == HZ_OK)
        rc = timestamp_roots(order->timestamp_roots, &a->time.roots, err);
    if (rc == HZ_OK)
        rc = run(a, err);
    if (rc == HZ_OK)
        rc = store_unchanged(a->store, err);
    sort_findings(a);
    return rc;
}
