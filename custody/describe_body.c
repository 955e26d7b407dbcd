#include "custody/describe_body.h"

#include <string.h>

#include "base/lang.h"
#include "custody/describe.h"

/* {who} signs, {what} is an item or a case. */
static const char *const sentences[R_STATEMENT_TYPES] = {
    [R_STATEMENT_ROTATION] = N_("{who} puts a new key in the place of an old one"),
    [R_STATEMENT_REVOCATION] = N_("{who} declares a key ended"),
    [R_STATEMENT_POLICY] = N_("{who} sets the policy"),
    [R_STATEMENT_CASE] = N_("{who} records facts about {what}"),
    [R_STATEMENT_NOTE] = N_("{who} notes about {what}"),
    [R_STATEMENT_PHOTOGRAPH] = N_("{who} records a photograph of {what}"),
    [R_STATEMENT_INTAKE] = N_("{who} takes {what} in"),
    [R_STATEMENT_OFFER] = N_("{who} offers {what}"),
    [R_STATEMENT_COURIER] = N_("{who} gives {what} to a courier"),
    [R_STATEMENT_WITHDRAWAL] = N_("{who} takes the offer of {what} back"),
    [R_STATEMENT_ACCEPTANCE] = N_("{who} accepts {what}"),
    [R_STATEMENT_DECLINE] = N_("{who} declines {what}"),
    [R_STATEMENT_SETTLEMENT] = N_("{who} settles who holds {what}"),
    [R_STATEMENT_REASSIGN] = N_("{who} gives {what} to somebody else"),
    [R_STATEMENT_COPY] = N_("{who} records a copy of {what}"),
    [R_STATEMENT_CHECKOUT] = N_("{who} gives out a copy of {what}"),
    [R_STATEMENT_RETURN] = N_("{who} takes back a copy of {what}"),
    [R_STATEMENT_MOVE] = N_("{who} moves {what}"),
    [R_STATEMENT_RECHECK] = N_("{who} verifies {what} again"),
    [R_STATEMENT_FIXITY] = N_("{who} finds the bytes of copies unchanged"),
    [R_STATEMENT_RENEWAL] = N_("{who} has the evidence records of copies renewed"),
    [R_STATEMENT_RESOLUTION] = N_("{who} decides about a copy of {what} that failed"),
    [R_STATEMENT_DESTRUCTION] = N_("{who} destroys a copy of {what}"),
    [R_STATEMENT_HOLD] = N_("{who} puts a legal hold on {what}"),
    [R_STATEMENT_LIFT] = N_("{who} lifts a legal hold on {what}"),
    [R_STATEMENT_DISPOSAL_PLAN] = N_("{who} plans to dispose of {what}"),
    [R_STATEMENT_DISPOSAL] = N_("{who} disposes of {what}"),
    [R_STATEMENT_OWNER_RETURN] = N_("{who} gives {what} back to its owner"),
};

static const struct {
    const char *key, *label;
} members[] = {
    { "title", N_("case name") },
    { "severity", N_("severity") },
    { "code_name", N_("code name") },
    { "privilege", N_("privilege marking") },
    { "detected", N_("detected") },
    { "reporter", N_("reported by") },
    { "method", N_("method") },
    { "symptoms", N_("symptoms") },
    { "impact", N_("impact") },
    { "responsible", N_("responsible officer") },
    { "kind", N_("kind") },
    { "text", N_("text") },
    { "at", N_("when") },
    { "description", N_("shows") },
    { "file", N_("file name") },
    { "taken", N_("taken") },
    { "by", N_("taken by") },
    { "name", N_("name") },
    { "organisation", N_("organisation") },
    { "contact", N_("contact") },
    { "old", N_("old key") },
    { "key", N_("key") },
    { "since", N_("in doubt since") },
    { "copy", N_("copy") },
    { "role", N_("role") },
    { "medium", N_("medium") },
    { "place", N_("place") },
    { "sha256", N_("sha256") },
    { "hold", N_("hold") },
    { "scope", N_("scope") },
    { "custodian", N_("custodian") },
    { "outcome", N_("outcome") },
    { "purpose", N_("purpose") },
    { "due", N_("due") },
    { "holder", N_("taken out by") },
    { "state", N_("state") },
    { "integrity", N_("integrity") },
    { "lifted", N_("lifted") },
    { "exhibit", N_("exhibit number") },
    { "source.description", N_("source") },
    { "source.make", N_("make") },
    { "source.model", N_("model") },
    { "source.serial", N_("serial number") },
    { "source.asset_tag", N_("asset tag") },
    { "source.host", N_("host") },
    { "source.machine_id", N_("machine-id") },
    { "source.mac", N_("MAC address") },
    { "source.ip", N_("IP address") },
    { "source.os", N_("operating system") },
    { "source.seal", N_("seal of the source") },
    { "discovered.at", N_("discovered") },
    { "discovered.location", N_("discovered at") },
    { "discovered.by", N_("discovered by") },
    { "collected.at", N_("collected") },
    { "collected.location", N_("collected at") },
    { "collected.by", N_("collected by") },
    { "collected.method", N_("method of collection") },
    { "collected.tool", N_("tool of collection") },
    { "collected.authority", N_("authority of collection") },
    { "collected.reason", N_("reason of collection") },
    { "collected.gaps", N_("what could not be had") },
    { "collected.changes", N_("changes by the collection") },
    { "clock.offset", N_("clock offset") },
    { "clock.known_by", N_("known by") },
    { "listing.members", N_("members listed") },
    { "listing.sha256", N_("sha256 of the listing") },
    { "offered_as", N_("offered as") },
    { "location", N_("location") },
    { "condition", N_("condition") },
    { "compared", N_("compared") },
    { "seal", N_("seal") },
    { "transport", N_("transport") },
    { "tracking", N_("tracking number") },
    { "authority", N_("by authority of") },
    { "reason", N_("reason") },
    { "witness", N_("witness") },
    { "override.rule", N_("against the rule") },
    { "override.reason", N_("because") },
};

const char *describe_body_named(const char *key)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strcmp(members[i].key, key) == 0)
            return lang_text(members[i].label);
    return key;
}

void describe_value(struct buf *out, const char *value)
{
    /* also the wide forms of East Asian texts, and the Greek question mark, which looks like a semicolon */
    static const char *const marks[] = { ";", "\"", ": ", "\xef\xbc\x9b", "\xef\xbc\x9a", "\xcd\xbe" };
    size_t len = strlen(value);
    bool quoted = len > 0 && value[len - 1] == ':';

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        quoted = quoted || strstr(value, marks[i]) != NULL;
    if (!quoted) {
        buf_puts(out, value);
        return;
    }
    buf_putc(out, '"');
    for (; *value != '\0'; value++)
        buf_puts(out, *value == '"' ? "\"\"" : (const char[]) { *value, '\0' });
    buf_putc(out, '"');
}

const char *describe_quoted(struct buf *room, const char *value)
{
    describe_value(room, value);
    return buf_text(room) != NULL ? (const char *)room->data : "";
}

void describe_field(struct buf *out, const char *label, const char *value)
{
    if (value == NULL)
        return;
    buf_printf(out, "; %s: ", label);
    describe_value(out, value);
}

static const char *put(struct buf *out, const char *at, const char *mark, const char *value)
{
    size_t len = strlen(mark);

    if (strncmp(at, mark, len) != 0)
        return at;
    describe_value(out, value);
    return at + len;
}

void describe_body_begin(struct buf *out, const struct r_statement *s)
{
    const char *about = s->item != NULL ? s->item : s->case_id, *at;

    if (sentences[s->type] == NULL) {
        HZ_CLEANUP(buf_free) struct buf who = BUF_INIT(DESCRIBE_VALUE_MAX);
        buf_printf(out, _("%s signs a statement of type %s"), describe_quoted(&who, s->actor.name),
                   r_statement_type_name(s->type));
        return;
    }
    for (at = lang_text(sentences[s->type]); *at != '\0';) {
        const char *before = at;
        at = put(out, at, "{who}", s->actor.name);
        at = put(out, at, "{what}", about != NULL ? about : "-");
        if (at == before)
            buf_putc(out, *at++);
    }
}

void describe_body_members(struct buf *out, const struct r_statement *s)
{
    if (s->body.to.present)
        describe_field(out, _("to"), s->body.to.name);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        describe_field(out, lang_text(members[i].label),
                       describe_member(members[i].key, r_statement_text(s, members[i].key)));
    for (size_t i = 0; i < s->body.check_count; i++)
        for (size_t k = 0; k < s->body.checks[i].beside_count; k++) {
            HZ_CLEANUP(buf_free) struct buf file = BUF_INIT(DESCRIBE_VALUE_MAX);
            buf_puts(out, "; ");
            buf_printf(out, _("beside the copy %s of %s %s is not as it was"), s->body.checks[i].copy,
                       s->body.checks[i].item, describe_quoted(&file, s->body.checks[i].beside[k].file));
        }
    for (size_t i = 0; i < s->body.witness_count; i++)
        describe_field(out, _("witness"), s->body.witnesses[i]);
}

const char *describe_body_label(size_t i, const char **key)
{
    if (i >= sizeof members / sizeof members[0])
        return NULL;
    *key = members[i].key;
    return lang_text(members[i].label);
}
