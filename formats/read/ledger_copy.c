#include "formats/read/ledger_copy.h"

#include <string.h>

#include "base/lang.h"

int r_ledger_copy_refuse(struct hz_error *err, const char *why)
{
    return hz_error_set(err, HZ_E_DENIED, "%s", lang_text(why));
}

void r_ledger_copy_set(char *out, size_t size, const char *text)
{
    size_t len = text != NULL ? strnlen(text, size - 1) : 0;

    memset(out, 0, size);
    memcpy(out, text != NULL ? text : "", len);
}

#define SET(field, text) r_ledger_copy_set(field, sizeof field, text)

static bool is(const char *word, const char *what)
{
    return strcmp(word, what) == 0;
}

static bool is_live(const struct r_ledger_copy *copy)
{
    return copy->state == R_LEDGER_COPY_THERE || copy->state == R_LEDGER_COPY_OUT;
}

/* By its digest, or because a recheck found the content of the item in it. */
static bool is_evidence(const struct r_ledger_item *item, const struct r_ledger_copy *copy)
{
    return is(copy->sha256, item->file_sha256) || is(copy->integrity, "intact");
}

bool r_ledger_copy_holds(const struct r_ledger_item *item, const struct r_ledger_copy *copy)
{
    return is_live(copy) && !is(copy->integrity, "altered") && is_evidence(item, copy);
}

static int need_there(const struct r_ledger_step *step, struct hz_error *err)
{
    switch (step->facts.copy.state) {
    case R_LEDGER_COPY_THERE:
        return HZ_OK;
    case R_LEDGER_COPY_OUT:
        return r_ledger_copy_refuse(err, N_("the copy is checked out; it must be returned first"));
    case R_LEDGER_COPY_NONE:
        return r_ledger_copy_refuse(err, N_("the item has no copy of this id"));
    default:
        return r_ledger_copy_refuse(err, N_("the copy was replaced or destroyed"));
    }
}

static int need_live(const struct r_ledger_step *step, struct hz_error *err)
{
    return is_live(&step->facts.copy) ? HZ_OK : need_there(step, err);
}

void r_ledger_copy_intake(struct r_ledger_step *step)
{
    const struct r_evidence *e = &step->s->body.evidence;
    struct r_ledger_copy *copy = &step->facts.copy;

    copy->state = R_LEDGER_COPY_THERE;
    SET(copy->sha256, step->s->file_sha256);
    SET(copy->integrity, e->present ? e->integrity : "undetermined");
    SET(step->item.verdict, e->verdict);
    SET(step->item.integrity, copy->integrity);
}

/* The copy was found altered: the item has failed when no other one that holds the evidence is known to be whole, or
 * can still turn out so. */
static void altered(struct r_ledger_step *step)
{
    const char *integrity = step->facts.sound > 0 ? "undetermined" : "altered";
    bool evidence = is_evidence(&step->item, &step->facts.copy);

    SET(step->facts.copy.integrity, "altered");
    if (!evidence || step->facts.intact > 0)
        return;
    step->item.decided = step->item.decided && is(step->item.integrity, integrity);
    SET(step->item.verdict, step->facts.sound > 0 ? "undetermined" : "failed");
    SET(step->item.integrity, integrity);
}

/* What was verified is the evidence: the bytes that were taken in, or the same content. */
static bool is_same(const struct r_ledger_step *step)
{
    const char *content = step->s->content_id;

    return is(step->facts.copy.sha256, step->item.file_sha256) ||
           (content != NULL && is(step->item.content_id, content));
}

void r_ledger_copy_checked(struct r_ledger_step *step)
{
    const struct r_statement *s = step->s;
    const struct r_evidence *e = &s->body.evidence;
    struct r_ledger_copy *copy = &step->facts.copy;

    if (!e->present)
        return;
    if (is_live(copy) &&
        (is(e->integrity, "altered") || (copy->sha256[0] != '\0' && !is(copy->sha256, s->file_sha256)))) {
        altered(step);
        return;
    }
    if (is_live(copy)) {
        bool same = is_same(step);
        SET(copy->integrity, same ? e->integrity : "undetermined");
        copy->decided = false;
        if (!same)
            return; /* of what was made from it nothing follows for the evidence */
    }
    step->item.decided =
        step->item.decided && is(step->item.verdict, e->verdict) && is(step->item.integrity, e->integrity);
    SET(step->item.verdict, e->verdict);
    SET(step->item.integrity, e->integrity);
}

int r_ledger_copy_add(struct r_ledger_step *step, struct hz_error *err)
{
    struct r_ledger_copy *copy = &step->facts.copy;
    const char *sha256 = step->s->body.sha256;

    if (copy->state != R_LEDGER_COPY_NONE)
        return r_ledger_copy_refuse(err, N_("the item has a copy of this id already"));
    copy->state = R_LEDGER_COPY_THERE;
    SET(copy->sha256, sha256);
    SET(copy->integrity, is(step->item.file_sha256, sha256) ? step->item.integrity : "undetermined");
    return HZ_OK;
}

int r_ledger_copy_checkout(struct r_ledger_step *step, struct hz_error *err)
{
    int rc = need_there(step, err);

    if (rc == HZ_OK)
        step->facts.copy.state = R_LEDGER_COPY_OUT;
    return rc;
}

int r_ledger_copy_return(struct r_ledger_step *step, struct hz_error *err)
{
    struct r_ledger_copy *copy = &step->facts.copy;
    const char *sha256 = step->s->body.sha256;

    if (copy->state == R_LEDGER_COPY_THERE)
        return r_ledger_copy_refuse(err, N_("the copy is not checked out"));
    if (copy->state != R_LEDGER_COPY_OUT)
        return need_there(step, err);
    copy->state = R_LEDGER_COPY_THERE;
    if (sha256 != NULL && copy->sha256[0] != '\0' && !is(copy->sha256, sha256))
        altered(step);
    return HZ_OK;
}

int r_ledger_copy_move(struct r_ledger_step *step, struct hz_error *err)
{
    return need_there(step, err);
}

int r_ledger_copy_recheck(struct r_ledger_step *step, struct hz_error *err)
{
    bool found = step->s->body.evidence.present;
    int rc = found ? need_live(step, err) : need_there(step, err);

    if (rc == HZ_OK && found)
        r_ledger_copy_checked(step);
    else if (rc == HZ_OK)
        altered(step); /* it is not where it was */
    return rc;
}

/* Its bytes are the recorded ones: that says nothing new about the evidence, and nothing that failed is whole again. */
int r_ledger_copy_fixity(struct r_ledger_step *step, struct hz_error *err)
{
    const struct r_ledger_copy *copy = &step->facts.copy;
    int rc = need_there(step, err);

    if (rc == HZ_OK && !is(copy->sha256, step->s->body.sha256))
        return r_ledger_copy_refuse(err, N_("the copy was recorded with another digest"));
    if (rc == HZ_OK && is(copy->integrity, "altered"))
        return r_ledger_copy_refuse(err, N_("the copy has failed before: verify it again (custody recheck)"));
    return rc;
}

int r_ledger_copy_resolve(struct r_ledger_step *step, struct hz_error *err)
{
    struct r_ledger_copy *copy = &step->facts.copy;
    const char *outcome = step->s->body.outcome;
    bool original = is(r_ledger_item_copy(step->s), R_LEDGER_ORIGINAL);
    bool failed = is(step->item.verdict, "failed");
    int rc = need_live(step, err);

    if (rc != HZ_OK)
        return rc;
    if (!is(copy->integrity, "altered") && !(original && failed))
        return r_ledger_copy_refuse(err, N_("the copy has not failed: there is nothing to resolve"));
    if (is(outcome, "accepted")) {
        copy->decided = true;
        step->item.decided = failed;
        return HZ_OK;
    }
    if (is(outcome, "replaced") && step->facts.sound == 0)
        return r_ledger_copy_refuse(err, N_("the item has no other copy that could take its place"));
    if (is(outcome, "replaced"))
        copy->state = R_LEDGER_COPY_REPLACED;
    else
        SET(copy->integrity, "undetermined");
    copy->decided = false;
    if (failed) {
        SET(step->item.verdict, "undetermined");
        SET(step->item.integrity, step->facts.intact > 0 ? "intact" : "undetermined");
        step->item.decided = false;
    }
    return HZ_OK;
}

int r_ledger_copy_destroy(struct r_ledger_step *step, struct hz_error *err)
{
    int rc = need_there(step, err);

    if (rc == HZ_OK && step->facts.copies < 2)
        return r_ledger_copy_refuse(err, N_("it is the last copy: that is a disposal of the item"));
    if (rc == HZ_OK && step->facts.sound == 0 && r_ledger_copy_holds(&step->item, &step->facts.copy))
        return r_ledger_copy_refuse(err, N_("it is the last copy that holds the evidence, whatever others there are: "
                                            "that is a disposal of the item"));
    if (rc == HZ_OK)
        step->facts.copy.state = R_LEDGER_COPY_DESTROYED;
    return rc;
}
