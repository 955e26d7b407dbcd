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

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

/* "; label: value" for what is known. */
static void also(struct buf *out, const char *label, const char *value)
{
    if (value != NULL)
        buf_printf(out, "; %s: %s", label, value);
}

static void evidence(struct buf *out, const struct r_evidence *e)
{
    if (!e->present)
        return;
    also(out, _("verdict"), describe_word(e->verdict));
    for (size_t i = 0; i < e->finding_count; i++)
        buf_printf(out, "%s%s", i == 0 ? " (" : ", ", e->findings[i]);
    if (e->finding_count > 0)
        buf_putc(out, ')');
}

static void offer(struct buf *out, const struct r_statement *s)
{
    const char *label, *key = NULL;

    buf_printf(out, _("%s offers %s to %s"), s->actor.name, s->item, s->body.to.name);
    also(out, _("purpose"), s->body.purpose);
    also(out, _("until"), s->body.expires.text);
    also(out, _("condition"), s->body.condition);
    also(out, _("seal"), s->body.seal);
    also(out, _("transport"), s->body.transport);
    also(out, _("tracking number"), s->body.tracking);
    also(out, _("kind"), describe_word(s->body.kind));
    for (size_t i = 0; (label = describe_body_label(i, &key)) != NULL; i++)
        if (strncmp(key, "source.", strlen("source.")) == 0)
            also(out, label, r_statement_text(s, key));
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
    also(out, _("compared"), compared.len > 0 ? (const char *)compared.data : NULL);
}

static void write_sentence(struct buf *out, const struct r_statement *s)
{
    switch (s->type) {
    case R_STATEMENT_GENESIS:
        buf_printf(out, _("%s begins the ledger of %s"), s->actor.name, or_dash(s->body.organisation));
        break;
    case R_STATEMENT_PERSON:
        buf_printf(out, _("%s adds %s"), s->actor.name, s->body.person.name);
        also(out, _("organisation"), s->body.person.organisation);
        also(out, _("title"), s->body.person.title);
        also(out, _("role"), s->body.person.role);
        also(out, _("key"), s->body.person.key);
        also(out, _("may sign checkpoints"), s->body.person.checkpoint_signer ? _("yes") : NULL);
        break;
    case R_STATEMENT_OFFER:
        offer(out, s);
        break;
    case R_STATEMENT_TIMESTAMP:
        buf_printf(out, _("%s records a time stamp of the first %llu entries"), s->actor.name,
                   (unsigned long long)s->body.checkpoint.size);
        break;
    case R_STATEMENT_WITNESS:
        buf_printf(out, _("%s keeps a checkpoint of another ledger"), s->actor.name);
        also(out, _("from"), s->body.origin);
        break;
    default:
        describe_body_begin(out, s);
        describe_body_members(out, s);
        brought(out, s);
        evidence(out, &s->body.evidence);
    }
}

int describe_statement(const struct r_statement *s, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf raw = BUF_INIT(65536);
    int rc;

    write_sentence(&raw, s);
    rc = buf_check(&raw, err);
    if (rc == HZ_OK && escape_terminal(out, raw.data, raw.len) == HZ_OK)
        buf_text(out);
    return rc == HZ_OK ? buf_check(out, err) : rc;
}
