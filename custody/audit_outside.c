#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/audit_part.h"
#include "custody/person.h"
#include "formats/read/ledger.h"

static int load(struct audit_outside *out, const char *path, struct hz_error *err)
{
    struct audit_outside o = { .path = path, .text = BUF_INIT(4096) };
    int rc = io_read_file(path, &o.text, err);

    if (rc == HZ_E_LIMIT) /* however large: no checkpoint is */
        rc = hz_error_set(err, HZ_E_FORMAT, "%s: %s", path, _("is not the text of a checkpoint"));
    if (rc == HZ_OK) {
        rc = r_checkpoint_parse(&o.stated, o.text.data, o.text.len, err);
        if (rc != HZ_OK)
            hz_error_context(err, "%s", path);
    }
    if (rc != HZ_OK)
        buf_free(&o.text);
    else
        *out = o;
    return rc;
}

/* By ascending size; takes the text over. */
static void insert(struct audit *a, const struct audit_outside *loaded)
{
    size_t at = a->outside_count++;

    for (; at > 0 && a->outside[at - 1].stated.size > loaded->stated.size; at--)
        a->outside[at] = a->outside[at - 1];
    a->outside[at] = *loaded;
}

int audit_outside_load(struct audit *a, const char *const *paths, size_t count, struct hz_error *err)
{
    if (count == 0)
        return HZ_OK;
    a->outside = calloc(count, sizeof *a->outside);
    if (a->outside == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; i < count; i++) {
        struct audit_outside loaded;
        int rc = load(&loaded, paths[i], err);
        if (rc != HZ_OK)
            return rc;
        insert(a, &loaded);
    }
    return HZ_OK;
}

/* Is FILE.<keyid>.sshsig there, and does it hold? *signs: yes. A file that is there and does not hold is an error: what
 * is no evidence for the ledger is none against it either. */
static int signed_by(const struct audit_outside *o, const char *fingerprint, bool *signs, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    struct r_ledger_signers signers;
    struct hz_error missing = { 0 };
    char keyid[R_SHA256_HEX];
    int rc;

    *signs = false;
    r_ledger_text_keyid(keyid, fingerprint);
    buf_printf(&path, "%s.%s.sshsig", o->path, keyid);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    rc = io_read_file((const char *)path.data, &armour, &missing);
    if (rc == HZ_E_NOTFOUND)
        return HZ_OK;
    if (rc != HZ_OK) {
        *err = missing;
        return rc;
    }
    if (buf_text(&armour) == NULL)
        return buf_check(&armour, err);
    rc = r_ledger_verify_one(o->text.data, o->text.len, (const char *)armour.data, &signers, err);
    if (rc == HZ_OK && strcmp(signers.key[0].keyid, keyid) == 0)
        *signs = true;
    else if (rc == HZ_OK || rc == HZ_E_INVALID)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: does not hold for the checkpoint beside it"), path.data);
    return rc;
}

/* Goes over the checkpoint signers that the entries name. */
static int is_signed(struct audit *a, const struct audit_outside *o, bool *found, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    *found = false;
    query_open(&q, a->scratch, "SELECT key FROM person WHERE checkpoint_signer = 1 ORDER BY entry");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row && !*found; rc = query_row(&q, &row, err)) {
        rc = signed_by(o, query_get_text(&q, 0), found, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

static bool differs_from_another(const struct audit *a, const struct audit_outside *o)
{
    for (size_t i = 0; i < a->outside_count; i++)
        if (a->outside[i].stated.size == o->stated.size &&
            memcmp(a->outside[i].stated.root, o->stated.root, sizeof o->stated.root) != 0)
            return true;
    return false;
}

/* good: size of the largest one before it that held. What the ledger itself holds may be by the same hand as the
 * change, and does not count here. */
static void compare(struct audit *a, const struct audit_outside *o, uint64_t *good)
{
    if (o->stated.size > a->size) {
        audit_find(a, "rollback", a->size, _("%s is of a log of %" PRIu64 " entries; it has %" PRIu64 " now"), o->path,
                   o->stated.size, a->size);
    } else if (!o->reached) {
        return; /* behind a gap, which is a finding already */
    } else if (memcmp(o->stated.root, o->root, sizeof o->root) == 0) {
        a->checkpoints++;
        *good = o->stated.size;
        if (o->stated.size > a->covered)
            a->covered = o->stated.size;
    } else if (o->twin || differs_from_another(a, o)) {
        audit_find(a, "fork", audit_suspect(a, *good, o->stated.size),
                   _("two different logs of %" PRIu64 " entries were signed: this one and %s"), o->stated.size,
                   o->path);
    } else {
        audit_find(a, "checkpoint-inconsistent", audit_suspect(a, *good, o->stated.size),
                   _("the log is not the one of %s at size %" PRIu64), o->path, o->stated.size);
    }
}

int audit_outside_judge(struct audit *a, struct hz_error *err)
{
    uint64_t good = 0;

    for (size_t i = 0; i < a->outside_count; i++) {
        struct audit_outside *o = &a->outside[i];
        bool found;
        int rc;
        if (strcmp(o->stated.ledger, a->ledger) != 0) {
            audit_unknown(a, _("%s: is a checkpoint of another ledger"), o->path);
            continue;
        }
        rc = is_signed(a, o, &found, err);
        if (rc != HZ_OK)
            return rc;
        if (found)
            compare(a, o, &good);
        else
            audit_unknown(a, _("%s: no signature by a checkpoint signer of this ledger lies beside it"), o->path);
    }
    return HZ_OK;
}
