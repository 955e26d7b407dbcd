#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "verify/report.h"
#include "verify/report_part.h"
#include "verify/rows_cut.h"
#include "verify/wrap.h"

static const char *headline(const struct verdict *v)
{
    static const char *const texts[REPORT_HEADLINES] = {
        N_("verified: this file belongs, unchanged, to a bundle that somebody you trust signed"),
        N_("failed: the file or its proof is damaged, altered or not well-formed"),
        N_("failed: the proof holds, but the signatures of the bundle do not"),
        N_("failed: the proof holds, but too few of those whom you trust signed the bundle"),
        N_("failed: the proof holds, but nobody whom you trust signed the bundle"),
        N_("undetermined: the proof holds, but nobody was named whom you trust"),
        N_("undetermined: this could not be checked"),
    };

    return report_headline(v, texts);
}

/* What its bytes are not */
static void print_lack(FILE *stream, const struct account_disclosed *d)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1024);

    if (account_disclosed_cut(d)) {
        rows_cut_text(&line, text_equal(d->status, "limited"), d->size, d->real_size);
        wrap_field(stream, _("not whole"), buf_text(&line));
    }
    if (account_disclosed_unlocked(d))
        wrap_field(stream, _("unlocked"), _("copied without a lock: such a copy can be torn"));
}

static void print_file(FILE *stream, struct account_disclosed *d)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(256);

    wrap_field(stream, _("name"), d->path);
    if (d->origin.len)
        wrap_field(stream, _("on the host"), buf_text(&d->origin));
    report_digest(stream, _("sha256"), d->sha256);
    buf_printf(&line, _("%llu bytes; file %llu of %llu in the bundle"), (unsigned long long)d->size,
               (unsigned long long)d->index + 1, (unsigned long long)d->count);
    wrap_field(stream, _("content"), buf_text(&line));
    print_lack(stream, d);
}

static void print_bundle(FILE *stream, const struct account *account)
{
    const struct account_disclosed *d = &account->disclosed;

    wrap_field(stream, _("item"), account->result.name);
    wrap_field(stream, _("case"), d->case_id);
    wrap_field(stream, _("operator"), d->operator_name);
    wrap_field(stream, _("organisation"), d->organisation);
    if (d->has_started)
        report_time(stream, _("started"), d->started);
}

void report_disclosure(FILE *stream, struct account *account, const struct verdict *verdict, const char *file,
                       bool with_signers)
{
    const char *next = report_next_step(account, verdict, with_signers);

    wrap_print(stream, 0, 0, headline(verdict));
    fputc('\n', stream);
    wrap_field(stream, _("disclosure"), strcmp(file, "-") == 0 ? _("standard input") : file);
    report_answers(stream, account, verdict, _("intact: the file is the one that the bundle lists"));
    print_bundle(stream, account);
    if (account->disclosed.proven)
        print_file(stream, &account->disclosed);
    report_findings(stream, account);
    if (next) {
        fputc('\n', stream);
        wrap_print(stream, 0, 0, next);
    }
    fputc('\n', stream);
    wrap_print(
        stream, 0, 0,
        _("This says whether one file is as it was when its bundle was signed, and by whom. It says nothing about "
          "the other files of the bundle, and cannot say that the examined computer told the truth when it was "
          "read."));
}
