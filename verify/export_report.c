#include "verify/export_report.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"
#include "verify/wrap.h"

/* Text that a hostile folder can have put there. */
static void member_text(struct json_out *j, const char *key, const char *text)
{
    HZ_CLEANUP(buf_free) struct buf clean = BUF_INIT(4096);

    if (text == NULL)
        return;
    if (text_to_utf8(&clean, text, strlen(text)) != HZ_OK)
        j->out->failed = clean.failed;
    if (key != NULL)
        json_key(j, key);
    json_string_n(j, clean.len > 0 ? clean.data : (const unsigned char *)"", clean.len);
}

static void put_checkpoint(struct json_out *j, const struct export_view *v)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);

    if (!v->has_checkpoint)
        return;
    text_base64(&root, v->checkpoint.root, R_SHA256_SIZE);
    json_key(j, "checkpoint");
    json_object(j);
    json_key(j, "root");
    json_string_n(j, root.data, root.len);
    json_member_decimal(j, "size", v->checkpoint.size);
    json_object_end(j);
}

static void put_findings(struct json_out *j, const struct exported *x)
{
    json_key(j, "findings");
    json_array(j);
    for (size_t i = 0; i < x->finding_count; i++) {
        const struct exported_finding *f = &x->findings[i];
        json_object(j);
        json_member_string(j, "code", exported_code_word((enum exported_code)f->code));
        member_text(j, "detail", f->detail);
        if (f->has_entry && f->entry < INT64_C(1) << 53)
            json_member_int(j, "entry", (int64_t)f->entry);
        json_object_end(j);
    }
    json_array_end(j);
    json_member_decimal(j, "findings_more", x->findings_more);
}

static void put_made(struct json_out *j, const struct export_view *v)
{
    char time[STAMP_SIZE];

    if (!v->has_about)
        return;
    stamp_format(time, v->about.time);
    json_key(j, "made");
    json_object(j);
    json_member_string(j, "key", v->about.key);
    json_member_string(j, "name", v->about.name);
    json_member_string(j, "time", time);
    json_object_end(j);
}

static void put_signers(struct json_out *j, const struct export_view *v)
{
    json_key(j, "signers");
    json_array(j);
    for (size_t i = 0; i < v->keys.count; i++) {
        if (!v->signers[i].may)
            continue;
        json_object(j);
        json_member_string(j, "key", v->keys.key[i].fingerprint);
        json_member_string(j, "principal", v->signers[i].principal);
        json_member_bool(j, "trusted", v->signers[i].trusted);
        json_object_end(j);
    }
    json_array_end(j);
}

int export_report_json(FILE *stream, const struct export_view *v, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);
    struct json_out j;
    int rc;

    json_init(&j, &line);
    json_object(&j);
    json_member_string(&j, "authenticity", v->authenticity);
    put_checkpoint(&j, v);
    json_member_decimal(&j, "entries", v->x.entries);
    put_findings(&j, &v->x);
    json_member_string(&j, "integrity", v->integrity);
    json_member_string(&j, "item", v->has_about ? v->about.item : NULL);
    json_member_string(&j, "kind", !v->has_about ? NULL : v->about.item != NULL ? "item" : "ledger");
    json_member_string(&j, "ledger", v->has_about ? v->about.ledger : NULL);
    put_made(&j, v);
    json_member_string(&j, "schema", "hozen-verify-export/1");
    put_signers(&j, v);
    export_time_json(&j, &v->time);
    json_key(&j, "unknown");
    json_array(&j);
    for (size_t i = 0; i < v->x.unknown_count; i++)
        member_text(&j, NULL, v->x.unknown[i]);
    json_array_end(&j);
    json_member_string(&j, "verdict", v->verdict);
    json_object_end(&j);
    rc = json_check(&j, err);
    buf_putc(&line, '\n');
    if (rc == HZ_OK)
        fwrite(line.data, 1, line.len, stream);
    return rc;
}

static const char *headline(const struct export_view *v)
{
    if (strcmp(v->verdict, "verified") == 0)
        return _("verified: what the folder holds is unchanged, and its log is signed by somebody whom you trust");
    if (strcmp(v->integrity, "altered") == 0)
        return _("failed: the folder is damaged, altered or not well-formed");
    if (strcmp(v->verdict, "failed") == 0)
        return _("failed: what the folder holds is unchanged, but nobody whom you trust signed its log");
    return strcmp(v->integrity, "intact") == 0
               ? _("undetermined: what the folder holds is unchanged, but nobody was named whom you trust")
               : _("undetermined: this could not be checked");
}

static void print_log(FILE *stream, const struct export_view *v)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1024);
    char time[STAMP_SIZE];

    if (v->has_about) {
        wrap_field(stream, _("ledger"), v->about.ledger);
        wrap_field(stream, _("item"), v->about.item);
        stamp_format(time, v->about.time);
        buf_printf(&line, "%s, %s", v->about.name, time);
        wrap_field(stream, _("made by"), buf_text(&line));
        fprintf(stream, "%15s%s\n", "", v->about.key);
    }
    if (v->has_checkpoint) {
        buf_reset(&line);
        buf_printf(&line, "%" PRIu64 " ", v->checkpoint.size);
        text_base64(&line, v->checkpoint.root, R_SHA256_SIZE);
        wrap_field(stream, _("head"), buf_text(&line));
    }
    buf_reset(&line);
    buf_decimal(&line, v->x.entries);
    wrap_field(stream, _("entries"), buf_text(&line));
    for (size_t i = 0; i < v->keys.count; i++) {
        if (!v->signers[i].may)
            continue;
        wrap_field(stream, _("signer"),
                   v->signers[i].principal != NULL ? v->signers[i].principal : _("not on a list of yours"));
        fprintf(stream, "%15s%s\n", "", v->keys.key[i].fingerprint);
    }
}

static void print_findings(FILE *stream, const struct exported *x)
{
    for (size_t i = 0; i < x->finding_count; i++) {
        const struct exported_finding *f = &x->findings[i];
        fprintf(stream, "- %s", exported_code_word((enum exported_code)f->code));
        if (f->has_entry)
            fprintf(stream, _(", entry %" PRIu64), f->entry);
        fprintf(stream, "\n  ");
        wrap_print(stream, 2, 2, f->detail);
    }
    if (x->findings_more > 0)
        fprintf(stream, _("and %" PRIu64 " findings more\n"), x->findings_more);
    for (size_t i = 0; i < x->unknown_count; i++)
        wrap_print(stream, 0, 0, x->unknown[i]);
}

void export_report_text(FILE *stream, const struct export_view *v, const char *folder)
{
    wrap_print(stream, 0, 0, headline(v));
    fputc('\n', stream);
    wrap_field(stream, _("folder"), folder);
    wrap_field(stream, _("integrity"), lang_text(v->integrity));
    wrap_field(stream, _("authenticity"),
               strcmp(v->authenticity, "absent") == 0 ? _("absent (no signature)") : lang_text(v->authenticity));
    print_log(stream, v);
    export_time_text(stream, &v->time);
    if (v->x.finding_count > 0 || v->x.unknown_count > 0)
        fputc('\n', stream);
    print_findings(stream, &v->x);
    if (strcmp(v->integrity, "intact") != 0)
        return;
    fputc('\n', stream);
    wrap_print(
        stream, 0, 0,
        v->about.item == NULL
            ? _("This says that these statements were signed with the keys that the ledger has for these persons, "
                "and stand in this log. It cannot say who holds a key, nor that a person told the truth, nor "
                "when, beyond what others attest.")
            : _("This says that these statements were signed with the keys that the ledger has for these persons, "
                "and stand in this log. It cannot say who holds a key. That none about the item is left out is "
                "the word of who made the folder."));
}
