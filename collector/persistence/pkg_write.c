#include "collector/persistence/pkg_write.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "formats/write/fields.h"

#define LINE_MAX ((size_t)2 << 20)

static int put(struct product *f, struct buf *line, int rc, struct hz_error *err)
{
    if (rc == HZ_OK)
        rc = product_put(f, line->data, line->len, err);
    buf_reset(line);
    return rc;
}

static int put_first(struct buf *out, const char *schema, const struct pkg_base *base, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_member_bool(&j, "dpkg", base->found);
    json_member_string(&j, "files", base->all ? "all" : "selected");
    json_member_bool(&j, "rpm", base->rpm);
    json_member_bool(&j, "rpm_read", base->rpm_read);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", schema);
    return w_fields_end(&j, rc, err);
}

static int put_package(struct buf *out, const struct pkg_package *p, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    w_fields_bytes(&j, "architecture", "architecture_b64", span_bytes(p->architecture));
    if (p->has_time)
        w_fields_time(&j, "installed", p->installed);
    json_member_string(&j, "manager", p->manager);
    w_fields_bytes(&j, "name", "name_b64", span_bytes(p->name));
    w_fields_bytes(&j, "status", "status_b64", span_bytes(p->status));
    w_fields_bytes(&j, "version", "version_b64", span_bytes(p->version));
    return w_fields_end(&j, HZ_OK, err);
}

static void put_column(struct buf *out, struct span s, size_t width)
{
    size_t before = out->len;
    if (s.len > 0)
        escape_terminal(out, s.at, s.len);
    do
        buf_putc(out, ' ');
    while (out->failed == HZ_OK && out->len - before <= width);
}

static int put_package_text(struct buf *out, const struct pkg_package *p, struct hz_error *err)
{
    char when[STAMP_SIZE] = "-";
    if (p->has_time)
        stamp_format(when, p->installed);
    put_column(out, p->name, 31);
    put_column(out, p->version, 22);
    put_column(out, p->architecture, 6);
    buf_printf(out, "%.10s  ", when);
    escape_terminal(out, p->status.len > 0 ? p->status.at : "-", p->status.len > 0 ? p->status.len : 1);
    buf_putc(out, '\n');
    return buf_check(out, err);
}

int pkg_write_packages(struct products *p, const struct pkg_base *base, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_MAX);
    struct product *json = NULL, *text = NULL;
    int rc = products_add(p, "packages.jsonl", "generated", &json, err);
    if (rc == HZ_OK)
        rc = products_add(p, "packages.txt", "generated", &text, err);
    if (rc == HZ_OK)
        rc = put(json, &line, put_first(&line, "hozen-packages/1", base, err), err);
    for (size_t i = 0; rc == HZ_OK && i < base->package_count; i++) {
        rc = put(json, &line, put_package(&line, &base->packages[i], err), err);
        if (rc == HZ_OK)
            rc = put(text, &line, put_package_text(&line, &base->packages[i], err), err);
    }
    if (rc == HZ_OK && base->truncated) {
        product_limited(json);
        product_limited(text);
    }
    return rc;
}

const char *pkg_write_verdict(enum pkg_verdict verdict)
{
    static const char *const names[] = {
        [PKG_WAITING] = "no-answer",    [PKG_SAME] = "same",       [PKG_ALTERED] = "altered",
        [PKG_OTHER] = "other-type",     [PKG_MISSING] = "missing", [PKG_UNREADABLE] = "unreadable",
        [PKG_TOO_MUCH] = "not-compared"
    };
    return names[verdict];
}

int pkg_write_begin(struct pkg_writing *w, struct products *p, const struct pkg_base *base, struct hz_error *err)
{
    *w = (struct pkg_writing) { .base = base, .line = BUF_INIT(LINE_MAX) };
    int rc = products_add(p, "altered.jsonl", "generated", &w->json, err);
    if (rc == HZ_OK)
        rc = products_add(p, "altered.txt", "generated", &w->text, err);
    if (rc == HZ_OK && base->truncated) {
        product_limited(w->json);
        product_limited(w->text);
    }
    return rc == HZ_OK ? put(w->json, &w->line, put_first(&w->line, "hozen-altered/1", base, err), err) : rc;
}

static int put_json(struct pkg_writing *w, const struct pkg_file *f, const struct pkg_result *r, struct hz_error *err)
{
    char expected[PKG_DIGEST_HEX], found[PKG_DIGEST_HEX], mode[8];
    const struct w_stat *st = &r->stat;
    struct json_out j;
    const struct pkg_digest wanted = pkg_base_digest(f);
    pkg_digest_hex(expected, &wanted);
    json_init(&j, &w->line);
    json_object(&j);
    json_member_string(&j, "algorithm", pkg_digest_name(wanted.algorithm));
    if (f->conffile)
        json_member_bool(&j, "conffile", true);
    if (st->known)
        w_fields_time(&j, "ctime", st->ctime);
    if (f->diverted)
        json_member_bool(&j, "diverted", true);
    json_member_string(&j, "expected", expected);
    if (r->verdict == PKG_ALTERED) {
        pkg_digest_hex(found, &r->digest);
        json_member_string(&j, "found", found);
    }
    if (st->known) {
        json_member_int(&j, "gid", st->gid);
        snprintf(mode, sizeof mode, "%04o", (unsigned)st->mode & 07777U);
        json_member_string(&j, "mode", mode);
        w_fields_time(&j, "mtime", st->mtime);
    }
    w_fields_bytes(&j, "origin", "origin_b64", span_bytes(f->path));
    if (f->package != UINT32_MAX)
        w_fields_bytes(&j, "package", "package_b64", span_bytes(w->base->packages[f->package].name));
    if (r->verdict == PKG_ALTERED)
        json_member_decimal(&j, "size", r->size);
    json_member_string(&j, "status", pkg_write_verdict(r->verdict));
    if (st->known)
        json_member_int(&j, "uid", st->uid);
    return w_fields_end(&j, HZ_OK, err);
}

static int put_text(struct pkg_writing *w, const struct pkg_file *f, const struct pkg_result *r, struct hz_error *err)
{
    char when[STAMP_SIZE] = "-";
    if (r->stat.known)
        stamp_format(when, r->stat.mtime);
    put_column(&w->line, span_of(pkg_write_verdict(r->verdict)), 12);
    put_column(&w->line, span_of(f->conffile ? "conffile" : f->diverted ? "diverted" : "-"), 8);
    buf_printf(&w->line, "%-20.19s ", when);
    put_column(&w->line, f->package == UINT32_MAX ? span_of("-") : w->base->packages[f->package].name, 20);
    escape_terminal(&w->line, f->path.at, f->path.len);
    buf_putc(&w->line, '\n');
    return buf_check(&w->line, err);
}

int pkg_write_file(struct pkg_writing *w, const struct pkg_file *file, const struct pkg_result *result,
                   struct hz_error *err)
{
    if (result->verdict == PKG_SAME)
        return HZ_OK;
    int rc = put(w->json, &w->line, put_json(w, file, result, err), err);
    return rc == HZ_OK ? put(w->text, &w->line, put_text(w, file, result, err), err) : rc;
}

void pkg_write_end(struct pkg_writing *w)
{
    buf_free(&w->line);
}
