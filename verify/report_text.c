#include <string.h>

#include "base/escape.h"
#include "base/jail.h"
#include "base/lang.h"
#include "base/text.h"
#include "verify/report.h"
#include "verify/report_evidence.h"
#include "verify/report_part.h"
#include "verify/report_timestamps.h"
#include "verify/wrap.h"

const char *report_headline(const struct verdict *v, const char *const texts[REPORT_HEADLINES])
{
    enum report_headline which = REPORT_UNCHECKED;

    if (v->answer == VERDICT_VERIFIED)
        which = REPORT_VERIFIED;
    else if (v->answer == VERDICT_FAILED && v->integrity == INTEGRITY_ALTERED)
        which = REPORT_ALTERED;
    else if (v->answer == VERDICT_FAILED && v->authenticity != AUTHENTICITY_UNTRUSTED)
        which = REPORT_SIGNATURES;
    else if (v->answer == VERDICT_FAILED)
        which = v->persons ? REPORT_TOO_FEW : REPORT_NOBODY;
    else if (v->integrity == INTEGRITY_INTACT)
        which = REPORT_NO_LIST;
    return lang_text(texts[which]);
}

static const char *headline(const struct verdict *v)
{
    static const char *const texts[REPORT_HEADLINES] = {
        N_("verified: the bundle is intact, and somebody you trust signed it"),
        N_("failed: the bundle is damaged, altered or not well-formed"),
        N_("failed: the bundle is intact, but its signatures do not hold"),
        N_("failed: the bundle is intact, but too few of those whom you trust signed it"),
        N_("failed: the bundle is intact, but nobody whom you trust signed it"),
        N_("undetermined: the bundle is intact, but nobody was named whom you trust"),
        N_("undetermined: this could not be checked"),
    };

    return report_headline(v, texts);
}

static const char *integrity_text(enum verdict_integrity integrity, const char *intact)
{
    switch (integrity) {
    case INTEGRITY_INTACT:
        return intact;
    case INTEGRITY_ALTERED:
        return _("altered: see the findings");
    default:
        return _("undetermined: see the findings");
    }
}

static const char *authenticity_text(const struct verdict *v, bool ended)
{
    switch (v->authenticity) {
    case AUTHENTICITY_TRUSTED:
        return _("trusted: signed by somebody on your list");
    case AUTHENTICITY_UNTRUSTED:
        return v->persons ? _("untrusted: fewer persons on your list signed than you require")
                          : _("untrusted: the signatures are valid, but nobody you named made one");
    case AUTHENTICITY_INVALID:
        return _("invalid: a signature does not verify, or its key was expired or revoked");
    default:
        return ended ? _("absent: a signature that should be there is not")
                     : _("absent: the signatures were not reached");
    }
}

static void print_signers(FILE *stream, const struct verdict *verdict)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1024);
    size_t i;

    for (i = 0; i < verdict->signer_count; i++) {
        const struct verdict_signer *s = &verdict->signers[i];

        buf_reset(&line);
        buf_printf(&line, "%s (%s)", s->principal ? s->principal : _("not on a list of yours"),
                   s->sidecar ? _("countersigned by the operator") : _("signed when collected"));
        wrap_field(stream, _("signer"), buf_text(&line));
        fprintf(stream, "%15s%s\n", "", s->fingerprint);
    }
}

void report_digest(FILE *stream, const char *label, const unsigned char digest[R_SHA256_SIZE])
{
    char hex[R_SHA256_HEX];

    text_hex(hex, digest, R_SHA256_SIZE);
    wrap_field(stream, label, hex);
}

void report_time(FILE *stream, const char *label, struct stamp time)
{
    char text[STAMP_SIZE];

    stamp_format(text, time);
    wrap_field(stream, label, text);
}

static void print_absences(FILE *stream, const struct r_bundle_result *r)
{
    static const char *const words[R_RECORDS_ABSENCE_COUNT] = {
        N_("vanished"), N_("denied"),      N_("timeout"),    N_("over budget"),
        N_("excluded"), N_("unavailable"), N_("read error"),
    };
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1024);
    uint64_t total = 0;
    size_t i;

    for (i = 0; i < R_RECORDS_ABSENCE_COUNT; i++)
        total += r->absences[i];
    if (!total)
        return;
    buf_printf(&line, "%llu (", (unsigned long long)total);
    for (total = i = 0; i < R_RECORDS_ABSENCE_COUNT; i++) {
        if (!r->absences[i])
            continue;
        buf_printf(&line, "%s%s %llu", total ? ", " : "", _(words[i]), (unsigned long long)r->absences[i]);
        total++;
    }
    buf_putc(&line, ')');
    wrap_field(stream, _("not taken"), buf_text(&line));
}

/* What is there otherwise than it was on the host */
static void print_cuts(FILE *stream, const struct r_bundle_result *r)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1024);

    if (r->limited.files) {
        buf_printf(&line, _("%llu, not taken to the end"), (unsigned long long)r->limited.files);
        if (r->limited.filled)
            buf_printf(&line, _("; filled up with zeros: %llu (%llu bytes)"), (unsigned long long)r->limited.filled,
                       (unsigned long long)r->limited.zeros);
        wrap_field(stream, _("limited files"), buf_text(&line));
    }
    buf_reset(&line);
    if (r->shrunk.files) {
        buf_printf(&line, _("%llu, shorter when they were read; filled up with zeros: %llu bytes"),
                   (unsigned long long)r->shrunk.files, (unsigned long long)r->shrunk.zeros);
        wrap_field(stream, _("shrunk files"), buf_text(&line));
    }
    buf_reset(&line);
    if (r->unlocked_files || r->unlocked_databases) {
        buf_printf(&line, _("%llu databases (%llu files), copied without a lock: such a copy can be torn"),
                   (unsigned long long)r->unlocked_databases, (unsigned long long)r->unlocked_files);
        wrap_field(stream, _("unlocked"), buf_text(&line));
    }
}

static void print_acquisition(FILE *stream, const struct account *account)
{
    const struct account_acquisition *a = &account->acquisition;
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1024);
    const struct r_bundle_result *r = &account->result;

    wrap_field(stream, _("item"), r->name[0] ? r->name : NULL);
    wrap_field(stream, _("case"), a->case_id);
    wrap_field(stream, _("operator"), a->operator_name);
    wrap_field(stream, _("host"), a->hostname);
    if (a->known) {
        report_time(stream, _("started"), a->started);
        report_time(stream, _("finished"), a->finished);
        wrap_field(stream, _("collection"),
                   a->complete ? _("complete") : _("partial: something failed or was left out"));
    }
    buf_printf(&line, _("%llu files, %llu bytes"), (unsigned long long)r->files, (unsigned long long)r->bytes);
    wrap_field(stream, _("content"), buf_text(&line));
    print_cuts(stream, r);
    print_absences(stream, r);
}

static void print_list(FILE *stream, const char *title, const struct r_findings *list)
{
    size_t i;

    if (!list->count && !list->dropped)
        return;
    fprintf(stream, "\n%s\n", title);
    for (i = 0; i < list->count; i++) {
        HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT((size_t)1024 * 1024);
        const struct r_finding *f = &list->list[i];

        fprintf(stream, f->path ? "- %s  " : "- %s", r_finding_code(f->code));
        escape_print(stream, f->path ? f->path : "");
        fputc('\n', stream);
        if (f->original) {
            fprintf(stream, "  ");
            escape_print(stream, f->original);
            fputc('\n', stream);
        }
        r_finding_detail(&detail, lang_selected(), f);
        fprintf(stream, "  ");
        wrap_print(stream, 2, 2, buf_text(&detail) ? buf_text(&detail) : "");
    }
    if (list->dropped) {
        fprintf(stream, "- ");
        fprintf(stream, _("and %llu more that are not listed"), (unsigned long long)list->dropped);
        fputc('\n', stream);
    }
}

void report_findings(FILE *stream, const struct account *account)
{
    HZ_CLEANUP(buf_free) struct buf title = BUF_INIT(256);
    const struct r_findings *list = &account->result.findings;

    buf_printf(&title, _("findings (%llu):"), (unsigned long long)(list->count + list->dropped));
    print_list(stream, buf_text(&title), list);
    print_list(stream, _("notices, which do not change the verdict:"), &account->result.notices);
}

static bool is_for(const struct r_findings *findings, enum r_why why)
{
    return findings->count > 0 && findings->list[0].why == why;
}

const char *report_next_step(const struct account *account, const struct verdict *v, bool with_signers)
{
    if (v->answer == VERDICT_VERIFIED)
        return NULL;
    if (v->answer == VERDICT_FAILED && v->integrity == INTEGRITY_ALTERED)
        return _("what to do: keep this copy as it is and note its SHA-256; compare it with another copy, and with the "
                 "content id that the responder wrote down.");
    if (v->answer == VERDICT_FAILED && v->authenticity == AUTHENTICITY_UNTRUSTED && v->persons)
        return _(
            "what to do: have others on your list countersign the bundle, once they know that it is the right one, "
            "and name their signatures with --signature where they do not lie beside it.");
    if (v->answer == VERDICT_FAILED && v->authenticity == AUTHENTICITY_UNTRUSTED)
        return _("what to do: ask the responder for the fingerprint of the key, over another channel, and compare it "
                 "with the one above.");
    if (v->answer == VERDICT_FAILED)
        return _("what to do: ask the responder, over another channel, whether the content id above is the one that "
                 "they wrote down, and what became of the key.");
    if (v->integrity == INTEGRITY_INTACT && !with_signers)
        return _("what to do: say whom you trust with --signers FILE (an OpenSSH allowed_signers file), or compare the "
                 "fingerprint above with the one that the responder wrote down.");
    if (is_for(&account->result.findings, R_WHY_CUSTODY))
        return _("what to do: hold it against the ledger that it is about: hozen custody audit --offer FILE for an "
                 "offer or a receipt, --checkpoint FILE for a signed head or a proof. The receiver answers an offer "
                 "with hozen custody accept, the releaser records the receipt with hozen custody record; a statement "
                 "is signed with hozen custody cosign.");
    if (is_for(&account->result.findings, R_WHY_ENCRYPTED))
        return _("what to do: decrypt it with the key of somebody whom it was encrypted to, age -d -i KEY FILE > "
                 "ITEM.tar.zst for example, and verify what comes out.");
    if (!account->result.name[0])
        return _("what to do: check that this is the whole file that hozen collect wrote, ITEM.tar.zst for example, as "
                 "it was.");
    return NULL;
}

static void print_next(FILE *stream, const struct account *account, const struct verdict *v, bool with_signers)
{
    const char *text = report_next_step(account, v, with_signers);

    if (text) {
        fputc('\n', stream);
        wrap_print(stream, 0, 0, text);
    }
    if (account->result.has_content_id) {
        fputc('\n', stream);
        wrap_print(
            stream, 0, 0,
            _("This says whether the bundle is unchanged since it was signed, and by whom. It cannot say that the "
              "examined computer told the truth when it was read."));
    }
}

void report_answers(FILE *stream, const struct account *account, const struct verdict *verdict, const char *intact)
{
    const struct r_bundle_result *r = &account->result;

    wrap_field(stream, _("integrity"), integrity_text(verdict->integrity, intact));
    wrap_field(stream, _("authenticity"), authenticity_text(verdict, r->ended));
    print_signers(stream, verdict);
    report_timestamps_text(stream, account, verdict);
    report_evidence_text(stream, &verdict->evidence);
    if (r->has_content_id)
        report_digest(stream, _("content id"), r->content_id);
    if (r->complete)
        report_digest(stream, _("file sha256"), r->file_sha256);
}

void report_text(FILE *stream, const struct account *account, const struct verdict *verdict, const char *bundle,
                 bool with_signers)
{
    const struct r_bundle_result *r = &account->result;

    wrap_print(stream, 0, 0, headline(verdict));
    fputc('\n', stream);
    wrap_field(stream, _("bundle"), strcmp(bundle, "-") == 0 ? _("standard input") : bundle);
    report_answers(stream, account, verdict, _("intact: every part agrees with every list of it"));
    if (r->name[0])
        print_acquisition(stream, account);
    report_findings(stream, account);
    print_next(stream, account, verdict, with_signers);
}

void report_jail_notice(struct account *account)
{
    HZ_CLEANUP(buf_free) struct buf missing = BUF_INIT(256);

    jail_missing(account->jail, &missing);
    if (missing.len)
        r_finding_add(&account->result.notices, &(struct r_finding) { .code = R_NOTE_SANDBOX_INCOMPLETE,
                                                                      .why = R_WHY_SANDBOX,
                                                                      .text = buf_text(&missing) });
}
