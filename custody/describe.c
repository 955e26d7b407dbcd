#include "custody/describe.h"

#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "custody/describe_body.h"
#include "formats/read/offer.h"

const char *describe_word(const char *word)
{
    static const char *const words[] = { N_("verified"),    N_("failed"),   N_("undetermined"), N_("intact"),
                                         N_("altered"),     N_("trusted"),  N_("untrusted"),    N_("invalid"),
                                         N_("original"),    N_("working"),  N_("archive"),      N_("general"),
                                         N_("containment"), N_("analysis"), N_("access"),       N_("other"),
                                         N_("repaired"),    N_("replaced"), N_("accepted"),     N_("compromised"),
                                         N_("lost"),        N_("retired"),  N_("there"),        N_("out"),
                                         N_("destroyed"),   N_("device"),   N_("paper"),        N_("file"),
                                         N_("image"),       N_("export"),   N_("screenshot") };
    if (word == NULL)
        return NULL;
    if (strcmp(word, "absent") == 0)
        return _("absent (no signature)"); /* elsewhere the word means evidence that was not taken */
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0)
            return lang_text(word);
    return word;
}

const char *describe_member(const char *key, const char *word)
{
    if (word != NULL && strcmp(key, "kind") == 0 && strcmp(word, "archive") == 0)
        return _("archive of another collector"); /* as the role of a copy it is something else */
    return describe_word(word);
}

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

static void evidence(struct buf *out, const struct r_evidence *e)
{
    if (!e->present)
        return;
    describe_field(out, _("verdict"), describe_word(e->verdict));
    for (size_t i = 0; i < e->finding_count; i++)
        buf_printf(out, "%s%s", i == 0 ? " (" : ", ", e->findings[i]);
    if (e->finding_count > 0)
        buf_putc(out, ')');
}

static void offer(struct buf *out, const struct r_statement *s)
{
    HZ_CLEANUP(buf_free) struct buf who = BUF_INIT(DESCRIBE_VALUE_MAX), to = BUF_INIT(DESCRIBE_VALUE_MAX);
    const char *label, *key = NULL;

    buf_printf(out, _("%s offers %s to %s"), describe_quoted(&who, s->actor.name), s->item,
               describe_quoted(&to, s->body.to.name));
    describe_field(out, _("purpose"), s->body.purpose);
    describe_field(out, _("until"), s->body.expires.text);
    describe_field(out, _("condition"), s->body.condition);
    describe_field(out, _("seal"), s->body.seal);
    describe_field(out, _("transport"), s->body.transport);
    describe_field(out, _("tracking number"), s->body.tracking);
    describe_field(out, _("kind"), describe_member("kind", s->body.kind));
    for (size_t i = 0; (label = describe_body_label(i, &key)) != NULL; i++)
        if (strncmp(key, "source.", strlen("source.")) == 0)
            describe_field(out, label, r_statement_text(s, key));
}

void describe_compared(const struct r_statement *intake, struct buf *out)
{
    HZ_CLEANUP(r_offer_receipt_free) struct r_receipt receipt = { 0 };
    const struct buf *bytes = &intake->body.receipt;
    struct hz_error ignored;

    if (bytes->len > 0 && r_offer_receipt_parse(&receipt, bytes->data, bytes->len, &ignored) == HZ_OK &&
        receipt.statement.body.compared != NULL) {
        buf_puts(out, receipt.statement.body.compared);
        buf_text(out);
    }
}

static void brought(struct buf *out, const struct r_statement *s)
{
    HZ_CLEANUP(buf_free) struct buf compared = BUF_INIT(R_STATEMENT_MAX);

    describe_compared(s, &compared);
    describe_field(out, _("compared"), compared.len > 0 ? (const char *)compared.data : NULL);
}

/* The person whom a statement adds, or with whose new key. */
static void person(struct buf *out, const struct r_person *p)
{
    describe_field(out, _("organisation"), p->organisation);
    describe_field(out, _("title"), p->title);
    describe_field(out, _("role"), p->role);
    describe_field(out, _("contact"), p->contact);
    describe_field(out, _("may sign checkpoints"), p->checkpoint_signer ? _("yes") : NULL);
    describe_field(out, _("valid from"), p->valid_from.text);
    describe_field(out, _("valid until"), p->valid_until.text);
}

static void write_sentence(struct buf *out, const struct r_statement *s)
{
    HZ_CLEANUP(buf_free) struct buf room = BUF_INIT(DESCRIBE_VALUE_MAX), other = BUF_INIT(DESCRIBE_VALUE_MAX);
    const char *who = describe_quoted(&room, s->actor.name);

    switch (s->type) {
    case R_STATEMENT_GENESIS:
        buf_printf(out, _("%s begins the ledger of %s"), who, describe_quoted(&other, or_dash(s->body.organisation)));
        break;
    case R_STATEMENT_PERSON:
        buf_printf(out, _("%s adds %s"), who, describe_quoted(&other, s->body.person.name));
        describe_field(out, _("key"), s->body.person.key);
        person(out, &s->body.person);
        break;
    case R_STATEMENT_ROTATION:
        describe_body_begin(out, s);
        describe_body_members(out, s);
        describe_field(out, _("new key"), s->body.person.key);
        describe_field(out, _("name"), s->body.person.name);
        person(out, &s->body.person);
        break;
    case R_STATEMENT_POLICY: /* canonical JSON tells its values apart itself */
        describe_body_begin(out, s);
        describe_body_members(out, s);
        buf_printf(out, "; %s: %s", _("rules"), s->body.rules);
        break;
    case R_STATEMENT_OFFER:
        offer(out, s);
        break;
    case R_STATEMENT_TIMESTAMP:
        buf_printf(out, _("%s records a time stamp of the first %llu entries"), who,
                   (unsigned long long)s->body.checkpoint.size);
        break;
    case R_STATEMENT_WITNESS:
        buf_printf(out, _("%s keeps a checkpoint of another ledger"), who);
        describe_field(out, _("from"), s->body.origin);
        break;
    default:
        describe_body_begin(out, s);
        describe_body_members(out, s);
        brought(out, s);
        evidence(out, &s->body.evidence);
    }
}

/* How its signer and its receiver are called in it, where the ledger has them otherwise; and who signed beside them. */
static void signers(struct buf *out, const struct attribution *a)
{
    HZ_CLEANUP(buf_free) struct buf stated = BUF_INIT(DESCRIBE_VALUE_MAX), named = BUF_INIT(DESCRIBE_VALUE_MAX);

    attribution_stated(a, &stated);
    if (stated.len > 0)
        describe_field(out, _("signed as"), buf_text(&stated));
    attribution_named(a, &named);
    if (named.len > 0)
        describe_field(out, _("receiver named as"), buf_text(&named));
    for (size_t i = 0; i < a->second_count; i++)
        describe_field(out, _("also signed by"), a->second[i].name != NULL ? a->second[i].name : a->second[i].key);
}

int describe_statement(const struct r_statement *s, const struct attribution *by, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf raw = BUF_INIT(2 * R_STATEMENT_MAX);
    int rc;

    write_sentence(&raw, s);
    if (by != NULL)
        signers(&raw, by);
    rc = buf_check(&raw, err);
    if (rc == HZ_OK && escape_terminal(out, raw.data, raw.len) == HZ_OK)
        buf_text(out);
    return rc == HZ_OK ? buf_check(out, err) : rc;
}
