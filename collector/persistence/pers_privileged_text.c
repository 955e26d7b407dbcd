/* privileged.jsonl, privileged.txt, and what is observed of them (formats/spec/sources/persistence.md). */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "base/text.h"
#include "collector/persistence/pers_caps.h"
#include "collector/persistence/pers_observe.h"
#include "collector/persistence/pers_privileged.h"
#include "formats/write/fields.h"

#define LINE_MAX ((size_t)2 << 20)
#define CAPS_MAX 8192

struct output {
    struct run *run;
    struct product *json, *text;
    const struct pkg_owners *owners; /* NULL: nothing is known */
    struct pers_counts counts;
};

static const struct pkg_claim *claim_of(const struct output *o, const struct pers_privileged_file *f)
{
    return o->owners == NULL || !o->owners->known ? NULL : pkg_owner_of(o->owners, f->path);
}

static void put_caps(struct buf *out, const struct pers_privileged_file *f)
{
    struct pers_caps caps;
    if (f->capability_len == 0)
        return;
    if (pers_caps_parse(f->capability, f->capability_len, &caps))
        pers_caps_put(out, &caps);
    else
        buf_puts(out, "unknown form");
}

static void put_capability(struct json_out *j, const struct pers_privileged_file *f)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(CAPS_MAX);
    char hex[2 * RECENT_CAPABILITY_MAX + 1];
    struct pers_caps caps;
    if (f->capability_len == 0)
        return;
    text_hex(hex, f->capability, f->capability_len);
    put_caps(&text, f);
    json_member_string(j, "capabilities", buf_text(&text));
    json_member_string(j, "capabilities_raw", hex);
    if (pers_caps_parse(f->capability, f->capability_len, &caps) && caps.has_root)
        json_member_int(j, "capabilities_root", caps.root_uid);
}

static int put_json(struct buf *out, const struct pers_privileged_file *f, const struct pkg_claim *c,
                    struct hz_error *err)
{
    const struct w_stat *st = &f->stat;
    char text[32];
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    if (c != NULL && c->altered)
        json_member_bool(&j, "altered", true);
    if (st->has_btime)
        w_fields_time(&j, "btime", st->btime);
    put_capability(&j, f);
    w_fields_time(&j, "ctime", st->ctime);
    snprintf(text, sizeof text, "%u:%u", st->device_major, st->device_minor);
    json_member_string(&j, "device", text);
    json_member_int(&j, "gid", st->gid);
    json_member_decimal(&j, "inode", st->inode);
    json_member_int(&j, "links", st->links);
    snprintf(text, sizeof text, "%04o", (unsigned)st->mode & 07777U);
    json_member_string(&j, "mode", text);
    w_fields_time(&j, "mtime", st->mtime);
    if (f->nosuid)
        json_member_bool(&j, "nosuid", true);
    w_fields_bytes(&j, "origin", "origin_b64", span_bytes(f->path));
    if (c != NULL && c->package != NULL)
        w_fields_bytes(&j, "package", "package_b64", span_bytes(span_of(c->package)));
    json_member_decimal(&j, "size", f->size);
    json_member_int(&j, "uid", st->uid);
    if (c != NULL && c->package == NULL)
        json_member_bool(&j, "unowned", true);
    return w_fields_end(&j, HZ_OK, err);
}

/* As ls -l has it. */
static void put_mode(char out[11], unsigned mode)
{
    static const char letters[] = "rwxrwxrwx";
    out[0] = '-';
    for (unsigned i = 0; i < 9; i++)
        out[i + 1] = (mode >> (8 - i) & 1) != 0 ? letters[i] : '-';
    if ((mode & S_ISUID) != 0)
        out[3] = (mode & S_IXUSR) != 0 ? 's' : 'S';
    if ((mode & S_ISGID) != 0)
        out[6] = (mode & S_IXGRP) != 0 ? 's' : 'S';
    if ((mode & S_ISVTX) != 0)
        out[9] = (mode & S_IXOTH) != 0 ? 't' : 'T';
    out[10] = '\0';
}

static int put_text(struct buf *out, const struct pers_privileged_file *f, const struct pkg_claim *c,
                    struct hz_error *err)
{
    char mode[11], when[STAMP_SIZE];
    put_mode(mode, f->stat.mode);
    stamp_format(when, f->stat.mtime);
    buf_printf(out, "%s %5u %5u %10llu %.19sZ ", mode, f->stat.uid, f->stat.gid, (unsigned long long)f->size, when);
    escape_terminal(out, f->path.at, f->path.len);
    if (f->capability_len > 0) {
        buf_putc(out, ' ');
        put_caps(out, f);
    }
    if (c != NULL && c->package != NULL) {
        buf_puts(out, "  package ");
        escape_terminal(out, c->package, strlen(c->package));
    }
    buf_puts(out, c != NULL && c->package == NULL ? "  of no package" : "");
    buf_puts(out, c != NULL && c->altered ? "  ALTERED" : "");
    buf_puts(out, f->nosuid ? "  (nosuid)" : "");
    buf_putc(out, '\n');
    return buf_check(out, err);
}

/* Where no package puts such a file. */
static bool is_strange_place(struct span path)
{
    static const char *const places[] = { "/tmp/", "/var/tmp/", "/dev/", "/home/", "/root/", "/run/", "/var/www/" };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (span_begins(path, places[i]))
            return true;
    return false;
}

static int observe_file(struct output *o, const struct pers_privileged_file *f, const struct pkg_claim *c,
                        struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(CAPS_MAX + 200);
    struct pers_caps caps;
    bool foreign = is_strange_place(f->path) || (c != NULL && (c->package == NULL || c->altered));
    bool small = pers_caps_parse(f->capability, f->capability_len, &caps) && pers_caps_small(&caps);
    const char *why = c != NULL && c->altered ? "altered" : c != NULL && c->package == NULL ? "of no package" : "";
    int rc = HZ_OK;
    buf_printf(&detail, "mode %04o, uid %u, gid %u ", (unsigned)f->stat.mode & 07777U, f->stat.uid, f->stat.gid);
    buf_puts(&detail, why);
    if ((f->stat.mode & (S_ISUID | S_ISGID)) != 0 && foreign)
        rc = pers_observe(o->run, &o->counts, "setuid-unusual", f->path,
                          span_trim((struct span) { (const char *)detail.data, detail.len }), err);
    if (f->capability_len == 0 || (small && c != NULL && !foreign))
        return rc;
    buf_putc(&detail, ' ');
    put_caps(&detail, f);
    return rc != HZ_OK ? rc
                       : pers_observe(o->run, &o->counts, "file-capability", f->path,
                                      (struct span) { (const char *)detail.data, detail.len }, err);
}

static void put_places(struct json_out *j, const struct pers_mounts *m, bool searched)
{
    json_key(j, searched ? "searched" : "not_searched");
    json_array(j);
    for (size_t i = 0; i < m->count; i++) {
        if (m->list[i].searched != searched)
            continue;
        json_object(j);
        w_fields_bytes(j, "path", "path_b64", span_bytes(span_of(m->list[i].path)));
        w_fields_bytes(j, "type", "type_b64", span_bytes(span_of(m->list[i].type)));
        json_object_end(j);
    }
    json_array_end(j);
}

static int put_first(struct buf *out, const struct pers_privileged *p, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    put_places(&j, &p->mounts, false);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-privileged/1");
    put_places(&j, &p->mounts, true);
    return w_fields_end(&j, rc, err);
}

static int put_file(struct output *o, struct buf *line, const struct pers_privileged_file *f, struct hz_error *err)
{
    const struct pkg_claim *c = claim_of(o, f);
    buf_reset(line);
    int rc = put_json(line, f, c, err);
    if (rc == HZ_OK)
        rc = product_put(o->json, line->data, line->len, err);
    buf_reset(line);
    if (rc == HZ_OK)
        rc = put_text(line, f, c, err);
    if (rc == HZ_OK)
        rc = product_put(o->text, line->data, line->len, err);
    return rc == HZ_OK ? observe_file(o, f, c, err) : rc;
}

int pers_privileged_write(struct run *run, struct products *products, const struct pers_privileged *p,
                          const struct pkg_owners *owners, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_MAX);
    struct output o = { .run = run, .owners = owners };
    int rc = products_add(products, "privileged.jsonl", "generated", &o.json, err);
    if (rc == HZ_OK)
        rc = products_add(products, "privileged.txt", "generated", &o.text, err);
    if (rc == HZ_OK)
        rc = put_first(&line, p, err);
    if (rc == HZ_OK)
        rc = product_put(o.json, line.data, line.len, err);
    for (size_t i = 0; rc == HZ_OK && i < p->count; i++)
        rc = put_file(&o, &line, &p->list[i], err);
    if (rc == HZ_OK && p->full) {
        product_limited(o.json);
        product_limited(o.text);
    }
    return rc == HZ_OK ? pers_observe_rest(run, &o.counts, "data/persistence/privileged.jsonl", err) : rc;
}
