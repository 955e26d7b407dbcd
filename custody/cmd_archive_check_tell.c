/* What archive check says of a copy, and what could mend it. */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_fill.h"
#include "custody/archive_parity.h"
#include "custody/archive_record.h"
#include "custody/archive_reseal.h"
#include "custody/archive_stray.h"
#include "custody/cmd_archive_check.h"

int check_read(struct check *c, const struct archive_copy *copy, struct archive_target *t, char sha256[W_DIGEST_HEX],
               bool *same, struct hz_error *err)
{
    const struct archive_sink pace = { archive_pace_put, &c->pace };
    const char *read_back;
    bool *whole = &c->whole[copy - c->held.list];
    int rc = HZ_OK;

    if (*whole) /* already, to see whether it could take another one's place */
        memcpy(sha256, copy->sha256, W_DIGEST_HEX);
    else
        rc = archive_digest_of(t, copy->file, copy->version, copy->size, &pace, sha256, &read_back, err);
    if (rc == HZ_E_LIMIT)
        sha256[0] = '\0';
    else if (rc != HZ_OK)
        return rc;
    *same = *whole = strcmp(sha256, copy->sha256) == 0;
    return HZ_OK;
}

/* par2 opens by name whatever is there, and would wait at a pipe: only what are files is shown to it. */
static int ask_parity(struct check *c, const struct archive_copy *copy, struct archive_target *t,
                      enum archive_parity *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf folder = BUF_INIT(16384);
    HZ_CLEANUP(buf_free) struct buf index = BUF_INIT(16384);
    const char *file = archive_fill_name(copy->file);
    struct archive_found found, beside;

    buf_printf(&folder, "%s/%.*s", t->url, (int)(file - copy->file - 1), copy->file);
    buf_printf(&index, "%s.par2", copy->file);
    if (buf_text(&folder) == NULL || buf_text(&index) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (t->kind->look(t, copy->file, NULL, &found, err) != HZ_OK ||
        t->kind->look(t, (const char *)index.data, NULL, &beside, err) != HZ_OK)
        return HZ_OK; /* it cannot */
    if (copy->size > 0 && found.size / 2 > copy->size)
        return HZ_OK; /* nor can it be read to its end, perhaps */
    return archive_parity_look((const char *)folder.data, file, found.size, &c->pace, out, err);
}

/* A copy that can be reached; NULL: it cannot. */
static struct archive_target *reach(struct check *c, const struct archive_copy *one)
{
    struct cmd_archive_reached *reached = NULL;
    struct hz_error ignored = { 0 };

    return one->file != NULL && cmd_archive_target(&c->targets, c->w.args, one, &reached, &ignored) == HZ_OK &&
                   reached->there
               ? &reached->target
               : NULL;
}

/* Another copy of the item. */
static struct archive_target *reach_other(struct check *c, const struct archive_copy *copy,
                                          const struct archive_copy *other)
{
    return other != copy && strcmp(other->item, copy->item) == 0 ? reach(c, other) : NULL;
}

static bool has_good_copy(struct check *c, const struct archive_copy *copy)
{
    for (size_t i = 0; i < c->held.count && !c->pace.stopped; i++) {
        const struct archive_copy *other = &c->held.list[i];
        struct archive_target *t = strcmp(other->sha256, copy->sha256) == 0 ? reach_other(c, copy, other) : NULL;
        struct hz_error ignored = { 0 };
        char sha256[W_DIGEST_HEX];
        bool same = false;
        if (t != NULL && check_read(c, other, t, sha256, &same, &ignored) == HZ_OK && same)
            return true;
    }
    return false;
}

/* Where a copy lies says how another one can take its place. */
static const char *by_copy(const struct archive_target *t)
{
    return t->store != NULL ? "put" : "copy";
}

const char *check_remedy(struct check *c, const struct archive_copy *copy, struct archive_target *t)
{
    enum archive_parity parity = ARCHIVE_PARITY_CANNOT;
    struct hz_error ignored = { 0 };

    if (copy->parity != NULL && t->store == NULL && ask_parity(c, copy, t, &parity, &ignored) == HZ_E_TIMEOUT)
        return NULL;
    if (parity == ARCHIVE_PARITY_CAN)
        return "parity";
    if (has_good_copy(c, copy))
        return by_copy(t);
    return c->pace.stopped ? NULL : "none";
}

/* Out of a record that has grown out of it, as repair takes it. */
static bool has_record(struct check *c, const struct archive_copy *copy, const char *sha256)
{
    for (size_t i = 0; i < c->held.count; i++) {
        HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(W_ERS_MAX);
        HZ_CLEANUP(buf_free) struct buf named = BUF_INIT(W_ERS_MAX);
        const struct archive_copy *other = &c->held.list[i];
        struct archive_target *t = strcmp(other->item, copy->item) == 0 ? reach(c, other) : NULL;
        struct hz_error ignored = { 0 };
        if (t != NULL && archive_attach_read(t, other, &bytes, &ignored) == HZ_OK &&
            archive_record_named(&bytes, sha256, &named) == HZ_OK)
            return true;
    }
    return false;
}

static bool has_good_file(struct check *c, const struct archive_copy *copy, const char *name)
{
    const struct archive_beside *wanted = NULL;

    for (size_t i = 0; i < copy->beside_count; i++)
        if (strcmp(copy->beside[i].file, name) == 0)
            wanted = &copy->beside[i];
    for (size_t i = 0; wanted != NULL && i < c->held.count; i++) {
        const struct archive_copy *other = &c->held.list[i];
        size_t at = archive_beside_in(other, wanted);
        struct archive_target *t = at != SIZE_MAX ? reach_other(c, copy, other) : NULL;
        enum archive_beside_found found = ARCHIVE_BESIDE_MISSING;
        struct hz_error ignored = { 0 };
        char sha256[W_DIGEST_HEX];
        if (t != NULL && archive_beside_look(t, other, &other->beside[at], NULL, &found, sha256, &ignored) == HZ_OK &&
            found == ARCHIVE_BESIDE_SAME)
            return true;
    }
    return wanted != NULL && wanted->record && has_record(c, copy, wanted->sha256);
}

static bool is_rest(const struct archive_copy *copy, const char *name)
{
    for (size_t i = 0; i < copy->rest_count; i++)
        if (strcmp(copy->rest[i].file, name) == 0)
            return true;
    return false;
}

const char *check_remedy_beside(struct check *c, const struct check_told *told, const struct archive_target *t,
                                bool remake)
{
    bool copied = false;

    for (size_t i = told->first; i < told->first + told->count; i++) {
        const char *name = c->beside[i].file;
        if (remake && is_rest(told->copy, name))
            continue;
        if (!has_good_file(c, told->copy, name))
            return "none";
        copied = true;
    }
    return copied || t->store != NULL ? by_copy(t) : "make";
}

static bool is_bad(const struct check *c, const struct check_told *told, const char *name)
{
    for (size_t i = told->first; i < told->first + told->count; i++)
        if (strcmp(c->beside[i].file, name) == 0)
            return true;
    return false;
}

int check_over(const struct check *c, struct check_told *told, struct archive_target *t, struct hz_error *err)
{
    const struct archive_copy *copy = told->copy;
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < copy->beside_count; i++)
        if (copy->beside[i].record && !is_bad(c, told, copy->beside[i].file))
            rc = archive_beside_over(t, copy, &copy->beside[i], &told->over, err);
    return rc;
}

static const char *remedy_text(const char *word)
{
    return strcmp(word, "parity") == 0 ? _("its recovery data can mend it: hozen archive repair")
           : strcmp(word, "copy") == 0 ? _("another copy can take its place: hozen archive repair")
           : strcmp(word, "make") == 0 ? _("it can be made again from the ledger and the bundle: hozen archive repair")
           : strcmp(word, "seal") == 0 ? _("it can be sealed again: hozen archive repair")
           : strcmp(word, "put") == 0  ? _("a good copy can be put beside it: hozen archive get, hozen archive put")
                                       : _("nothing in the archive can mend it");
}

const char *check_result_text(const char *word)
{
    return strcmp(word, "same") == 0          ? _("unchanged")
           : strcmp(word, "altered") == 0     ? _("altered")
           : strcmp(word, "missing") == 0     ? _("missing")
           : strcmp(word, "unreachable") == 0 ? _("not reached")
                                              : _("cannot be read");
}

static const char *beside_word(enum archive_beside_found found)
{
    return found == ARCHIVE_BESIDE_ALTERED ? "altered" : found == ARCHIVE_BESIDE_MISSING ? "missing" : "unreadable";
}

/* A copy of the time before that was done. */
static bool is_unrecorded(const struct check_told *told)
{
    return strcmp(told->result, "same") == 0 && told->copy->rest_count == 0;
}

struct strays {
    struct check *check;
    struct buf *text; /* NULL: as JSON */
    bool any;
};

static int add_stray(void *context, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(65536);
    struct strays *s = context;

    if (s->text != NULL)
        buf_printf(s->text, "; %s: %s", path, _("is no part of the copy, and is not followed"));
    if (s->text == NULL && text_to_utf8(&name, path, strlen(path)) != HZ_OK)
        return buf_check(&name, err);
    if (s->text == NULL && !s->any) {
        json_key(&s->check->j, "strays");
        json_array(&s->check->j);
    }
    if (s->text == NULL)
        json_string_n(&s->check->j, name.data, name.len);
    s->any = true;
    return HZ_OK;
}

/* What is in the copy now and is a finding, but none that is recorded. */
static void tell_strays(struct check *c, const struct check_told *told, struct buf *text)
{
    struct strays s = { c, text, false };
    struct archive_target *t = reach(c, told->copy);
    struct hz_error ignored = { 0 };

    if (t == NULL)
        return;
    (void)archive_stray(t, told->copy, add_stray, &s, &ignored);
    c->failed = c->failed || s.any;
    if (s.any && text == NULL)
        json_array_end(&c->j);
}

static void json_told(struct check *c, const struct check_told *told)
{
    json_object(&c->j);
    if (told->count > 0) {
        json_key(&c->j, "beside");
        json_array(&c->j);
        for (size_t i = told->first; i < told->first + told->count; i++) {
            json_object(&c->j);
            json_member_string(&c->j, "file", c->beside[i].file);
            json_member_string(&c->j, "result", beside_word(c->found[i]));
            json_member_string(&c->j, "sha256", c->beside[i].sha256);
            json_object_end(&c->j);
        }
        json_array_end(&c->j);
    }
    json_member_string(&c->j, "copy", told->copy->copy);
    json_member_string(&c->j, "item", told->copy->item);
    json_member_string(&c->j, "over", told->over ? "record" : NULL);
    json_member_string(&c->j, "repair", told->mend);
    json_member_string(&c->j, "rest", is_unrecorded(told) ? "unrecorded" : NULL);
    json_member_string(&c->j, "result", told->result);
    json_member_string(&c->j, "seal", told->unsealed ? "lost" : NULL);
    json_member_string(&c->j, "sha256", told->sha256);
    tell_strays(c, told, NULL);
    json_object_end(&c->j);
}

void check_tell(struct check *c, const struct check_told *told)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);

    c->checked++;
    if (c->json) {
        json_told(c, told);
        return;
    }
    buf_printf(&text, "%s: %s", told->copy->copy, check_result_text(told->result));
    for (size_t i = told->first; i < told->first + told->count; i++)
        buf_printf(&text, "; %s: %s", c->beside[i].file, check_result_text(beside_word(c->found[i])));
    if (is_unrecorded(told))
        buf_printf(&text, "; %s", _("export, texts and recovery data: not recorded"));
    if (told->unsealed)
        buf_printf(&text, "; %s", archive_reseal_text(told->copy));
    if (told->over)
        buf_printf(&text, "; %s",
                   _("another version or a deletion marker lies over its evidence record, which is whole; the next "
                     "hozen archive renew puts a new one on top"));
    if (told->mend != NULL)
        buf_printf(&text, "; %s", remedy_text(told->mend));
    tell_strays(c, told, &text);
    cli_out_wrapped(stdout, CLI_OUT_LABELS, told->copy->item, (const char *)text.data, text.len);
}
