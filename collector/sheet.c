#include "collector/sheet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/width.h"
#include "collector/absence.h"
#include "collector/observe.h"
#include "collector/plan.h"
#include "collector/take.h"
#include "formats/write/fields.h"

struct sheet_remark { /* code NULL: an absence */
    const char *code;
    enum w_absent_status status;
    int sys_errno;
    bool failure, has_subject;
    struct buf subject;
    char *text; /* owned; may be NULL */
};

struct sheet_extra {
    char *name; /* owned */
    const char *method;
    struct buf bytes;
};

void sheet_init(struct sheet *s, const char *name, const char *schema, const char *method)
{
    *s = (struct sheet) { .name = name, .schema = schema, .method = method };
    buf_init(&s->json, SHEET_BYTES);
    buf_init(&s->text, SHEET_BYTES);
}

void sheet_free(struct sheet *s)
{
    buf_free(&s->json);
    buf_free(&s->text);
    sheet_pack_drop(&s->packer, &s->packed_json);
    sheet_pack_drop(&s->packer, &s->packed_text);
    sheet_packer_close(&s->packer);
    tree_free(s->wanted);
    for (size_t i = 0; i < s->remark_count; i++) {
        buf_free(&s->remarks[i].subject);
        free(s->remarks[i].text);
    }
    for (size_t i = 0; i < s->extra_count; i++) {
        buf_free(&s->extras[i].bytes);
        free(s->extras[i].name);
    }
    free(s->remarks);
    free(s->extras);
    *s = (struct sheet) { 0 };
}

int sheet_first(struct sheet *s, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, &s->json);
    json_object(&j);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", s->schema);
    return w_fields_end(&j, rc, err);
}

void sheet_row(struct sheet *s, struct json_out *j)
{
    s->row = s->json.len;
    json_init(j, &s->json);
    json_object(j);
}

/* All rows but the last, and all whole lines. */
static int pack(struct sheet *s, struct hz_error *err)
{
    int rc = HZ_OK;
    if (s->row >= SHEET_PART) {
        rc = sheet_pack(&s->packer, &s->packed_json, &s->json, s->row, err);
        s->row = rc == HZ_OK ? 0 : s->row;
    }
    if (rc != HZ_OK || s->text.failed != HZ_OK || s->text.len < SHEET_PART)
        return rc;
    const unsigned char *end = memrchr(s->text.data, '\n', s->text.len);
    return end == NULL ? HZ_OK
                       : sheet_pack(&s->packer, &s->packed_text, &s->text, (size_t)(end - s->text.data) + 1, err);
}

int sheet_row_end(struct sheet *s, struct json_out *j, struct hz_error *err)
{
    int rc = w_fields_end(j, HZ_OK, err);
    if (rc == HZ_OK)
        return pack(s, err);
    if (rc != HZ_E_LIMIT)
        return rc;
    s->limited = true;
    s->json.len = s->row;
    s->json.failed = HZ_OK;
    return HZ_OK;
}

static void pad(struct buf *out, unsigned columns)
{
    while (columns-- > 0)
        buf_putc(out, ' ');
}

void sheet_cell(struct buf *out, unsigned width, const void *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf cell = BUF_INIT((size_t)1 << 20);
    escape_terminal(&cell, bytes, len);
    const char *text = buf_text(&cell);
    if (text == NULL) {
        out->failed = out->failed == HZ_OK ? cell.failed : out->failed;
        return;
    }
    unsigned columns = width_text(text);
    buf_put(out, text, cell.len);
    if (width > 0)
        pad(out, columns < width ? width - columns + 1 : 1);
}

void sheet_cell_text(struct buf *out, unsigned width, const char *text)
{
    const char *shown = text == NULL || text[0] == '\0' ? "-" : text;
    sheet_cell(out, width, shown, strlen(shown));
}

void sheet_cell_number(struct buf *out, unsigned width, uint64_t number)
{
    HZ_CLEANUP(buf_free) struct buf digits = BUF_INIT(32);
    buf_decimal(&digits, number);
    pad(out, digits.len < width ? width - (unsigned)digits.len : 0);
    buf_put(out, digits.data, digits.len);
    buf_putc(out, ' ');
}

static int grow(void *array, size_t each, size_t count, size_t *room, struct hz_error *err)
{
    void **at = array;
    if (count < *room)
        return HZ_OK;
    size_t wanted = *room == 0 ? 8 : *room * 2;
    void *grown = reallocarray(*at, wanted, each);
    if (grown == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *at = grown;
    *room = wanted;
    return HZ_OK;
}

/* subject.data NULL: none. Beyond SHEET_REMARKS_MAX the listing is marked as limited instead. */
static int remark(struct sheet *s, const struct sheet_remark *what, struct w_bytes subject, const char *text,
                  struct hz_error *err)
{
    if (s->remark_count == SHEET_REMARKS_MAX) {
        s->limited = true;
        return HZ_OK;
    }
    int rc = grow(&s->remarks, sizeof *s->remarks, s->remark_count, &s->remark_room, err);
    if (rc != HZ_OK)
        return rc;
    struct sheet_remark *r = &s->remarks[s->remark_count++];
    *r = *what;
    buf_init(&r->subject, subject.len + 1);
    r->has_subject = subject.data != NULL;
    if (r->has_subject && buf_put(&r->subject, subject.data, subject.len) != HZ_OK)
        return buf_check(&r->subject, err);
    r->text = text_copy(text);
    return text != NULL && r->text == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_OK;
}

/* Who can make a thousand of one kind must not hide those of another behind them. */
int sheet_observe(struct sheet *s, const char *code, struct w_bytes subject, const char *detail, struct hz_error *err)
{
    const struct sheet_remark r = { .code = code };
    size_t i = 0;
    while (i < SHEET_CODES_MAX - 1 && s->observed[i].code != NULL && strcmp(s->observed[i].code, code) != 0)
        i++;
    s->observed[i].code = code;
    return ++s->observed[i].count > SHEET_OBSERVED_MAX ? HZ_OK : remark(s, &r, subject, detail, err);
}

static int give_rest(const struct sheet *s, struct run *run, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf listing = BUF_INIT(1000);
    int rc = HZ_OK;
    buf_printf(&listing, "data/%s/%s.jsonl", run->source, s->name);
    for (size_t i = 0; rc == HZ_OK && i < SHEET_CODES_MAX; i++) {
        HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(100);
        if (s->observed[i].count <= SHEET_OBSERVED_MAX)
            continue;
        buf_printf(&detail, "%llu more", (unsigned long long)(s->observed[i].count - SHEET_OBSERVED_MAX));
        const char *text = buf_text(&detail);
        rc = text == NULL
                 ? buf_check(&detail, err)
                 : observe(run, s->observed[i].code, (struct w_bytes) { listing.data, listing.len }, text, err);
    }
    return rc;
}

int sheet_absent(struct sheet *s, struct w_bytes origin, enum w_absent_status status, int sys_errno, const char *reason,
                 bool failure, struct hz_error *err)
{
    const struct sheet_remark r = { .status = status, .sys_errno = sys_errno, .failure = failure };
    return remark(s, &r, origin, reason, err);
}

int sheet_passed(const struct hz_error *why, struct hz_error *err)
{
    if (why->code != HZ_E_NOMEM && !absence_is_ours(why->sys_errno))
        return HZ_OK;
    *err = *why;
    return why->code;
}

int sheet_short(struct sheet *s, const struct hz_error *why, struct hz_error *err)
{
    int rc = sheet_passed(why, err);
    s->limited |= rc == HZ_OK && absence_status(why->sys_errno) != W_VANISHED;
    return rc;
}

int sheet_missing(struct sheet *s, const char *path, const struct hz_error *why, struct hz_error *err)
{
    if (sheet_passed(why, err) != HZ_OK)
        return why->code;
    enum w_absent_status status = absence_status(why->sys_errno);
    bool gone = status == W_VANISHED;
    return sheet_absent(s, (struct w_bytes) { path, strlen(path) }, gone ? W_UNAVAILABLE : status, why->sys_errno,
                        absence_reason(why->sys_errno), !gone && status != W_UNAVAILABLE, err);
}

int sheet_unlisted(struct sheet *s, const char *folder, const struct hz_error *why, const char *reason,
                   struct hz_error *err)
{
    if (why->sys_errno == ENOENT || why->sys_errno == ENOTDIR)
        return HZ_OK;
    if (sheet_passed(why, err) != HZ_OK)
        return why->code;
    enum w_absent_status status = absence_status(why->sys_errno);
    return sheet_absent(s, (struct w_bytes) { folder, strlen(folder) }, status == W_VANISHED ? W_UNAVAILABLE : status,
                        why->sys_errno, reason, true, err);
}

int sheet_extra(struct sheet *s, const char *name, const char *method, const void *bytes, size_t len,
                struct hz_error *err)
{
    int rc = grow(&s->extras, sizeof *s->extras, s->extra_count, &s->extra_room, err);
    if (rc != HZ_OK)
        return rc;
    struct sheet_extra *e = &s->extras[s->extra_count++];
    *e = (struct sheet_extra) { .name = text_copy(name), .method = method };
    buf_init(&e->bytes, len);
    if (e->name == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    return buf_put(&e->bytes, bytes, len) == HZ_OK ? HZ_OK : buf_check(&e->bytes, err);
}

int sheet_want(struct sheet *s, int root, const char *path, struct hz_error *err)
{
    int rc = s->wanted != NULL ? HZ_OK : tree_new(&s->wanted, err);
    return rc == HZ_OK ? plan_add(s->wanted, root, path, false, err) : rc;
}

/* The first component is named as listings are: only a host that wants to be in their way has such a folder. */
static bool collides(const struct buf *path)
{
    static const char *const ends[] = { ".jsonl", ".txt" };
    const char *first = (const char *)path->data + (path->len > 0);
    size_t len = path->len == 0 ? 0 : path->len - 1;
    const char *slash = len == 0 ? NULL : memchr(first, '/', len);
    len = slash == NULL ? len : (size_t)(slash - first);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(ends[i]);
        if (len >= n && strncasecmp(first + len - n, ends[i], n) == 0)
            return true;
    }
    return false;
}

static int copy_node(struct tree_node *to, const struct tree_node *node, const struct buf *path, struct hz_error *err)
{
    struct tree_node *copy = NULL;
    int rc = path->len == 0 ? tree_add(to, "/", 1, &copy, err)
                            : tree_add(to, (const char *)path->data, path->len, &copy, err);
    if (rc != HZ_OK)
        return rc;
    copy->asked = true;
    copy->named |= node->named;
    copy->missing = node->missing;
    return HZ_OK;
}

int sheet_copy_tree(struct run *run, struct tree_node *to, const struct tree_node *from, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT((size_t)1 << 20);
    int rc = HZ_OK;
    for (const struct tree_node *n = from; rc == HZ_OK && n != NULL; n = tree_next(n, from)) {
        if (!n->asked || n->made != NULL)
            continue;
        buf_reset(&path);
        rc = tree_path(n, &path, err);
        const struct walk_absence a = { .origin = { path.data, path.len },
                                        .status = W_EXCLUDED,
                                        .reason = N_("its place in the bundle belongs to listings"),
                                        .failure = true };
        if (rc == HZ_OK)
            rc = collides(&path) ? take_absence(run, &a, err) : copy_node(to, n, &path, err);
    }
    return rc;
}

static int give_remark(const struct sheet_remark *r, struct run *run, struct hz_error *err)
{
    const struct w_bytes subject = { r->has_subject && r->subject.len == 0 ? (const void *)"" : r->subject.data,
                                     r->subject.len };
    if (r->code != NULL)
        return observe(run, r->code, subject, r->text, err);
    const struct walk_absence a = { .origin = r->has_subject ? subject : (struct w_bytes) { NULL, 0 },
                                    .status = r->status,
                                    .reason = r->text,
                                    .sys_errno = r->sys_errno,
                                    .failure = r->failure };
    return take_absence(run, &a, err);
}

static int add_file(struct products *p, const char *name, const char *suffix, const char *method, struct product **out,
                    struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT(1000);
    buf_printf(&full, "%s%s", name, suffix);
    return buf_text(&full) == NULL ? buf_check(&full, err) : products_add(p, (const char *)full.data, method, out, err);
}

static int give_rows(struct sheet *s, struct products *p, const char *suffix, struct sheet_packed *first,
                     struct buf *rest, struct hz_error *err)
{
    struct product *f = NULL;
    int rc = add_file(p, s->name, suffix, s->method, &f, err);
    if (rc == HZ_OK)
        rc = sheet_pack_give(&s->packer, first, f, err);
    if (rc == HZ_OK)
        rc = product_put(f, rest->data, rest->len, err);
    if (rc == HZ_OK && s->limited)
        product_limited(f);
    return rc;
}

static int give_extra(const struct sheet_extra *e, struct products *p, struct hz_error *err)
{
    struct product *f = NULL;
    int rc = add_file(p, e->name, "", e->method, &f, err);
    return rc == HZ_OK ? product_put(f, e->bytes.data, e->bytes.len, err) : rc;
}

/* A text that was too long ends with its last whole line. */
static void cut_text(struct sheet *s)
{
    if (s->text.failed != HZ_E_LIMIT)
        return;
    const unsigned char *end = memrchr(s->text.data, '\n', s->text.len);
    s->text.len = end == NULL ? 0 : (size_t)(end - s->text.data) + 1;
    s->text.failed = HZ_OK;
    s->limited = true;
}

int sheet_give(struct sheet *s, struct run *run, struct products *p, struct tree_node *tree, struct hz_error *err)
{
    cut_text(s);
    if (s->packed_text.len == 0 && s->text.len == 0)
        buf_puts(&s->text, "(none)\n"); /* an empty file would leave open whether anybody looked */
    int rc = buf_check(&s->text, err);
    if (rc == HZ_OK)
        rc = give_rows(s, p, ".jsonl", &s->packed_json, &s->json, err);
    if (rc == HZ_OK)
        rc = give_rows(s, p, ".txt", &s->packed_text, &s->text, err);
    for (size_t i = 0; rc == HZ_OK && i < s->extra_count; i++)
        rc = give_extra(&s->extras[i], p, err);
    for (size_t i = 0; rc == HZ_OK && i < s->remark_count; i++)
        rc = give_remark(&s->remarks[i], run, err);
    if (rc == HZ_OK)
        rc = give_rest(s, run, err);
    if (rc == HZ_OK && tree != NULL && s->wanted != NULL)
        rc = take_unplanned(run, s->wanted, err);
    if (rc == HZ_OK && tree != NULL && s->wanted != NULL)
        rc = sheet_copy_tree(run, tree, s->wanted, err);
    return rc;
}
