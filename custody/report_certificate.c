#include "base/lang.h"
#include "custody/report_parts.h"

/* The words are of a draft: what a person must know by themselves is left blank. */
static void put_text(const struct report_page *p)
{
    report_page_section(p, _("Declaration"));
    report_page_blank(p, _("name, title and organisation of the person who certifies"));
    report_page_paragraph(p, _("I am the person named above, and I am qualified by the training and experience stated "
                               "below to make this certification."));
    report_page_blank(p, _("training and experience"));
    report_page_paragraph(p, _("1. The data described below was identified by a process of digital identification: "
                               "its SHA-256 digest was computed when it was taken into custody. Different "
                               "files with the same SHA-256 digest are not known."));
    report_page_paragraph(p, _("2. When and by whom the digest was computed, with what program, and with what result, "
                               "stands below, each with the entry of the signed record from which it is taken. I have "
                               "compared these records with the ledger."));
    report_page_paragraph(p, _("3. The copy that I present has the same digest; I have computed it myself."));
    report_page_blank(p, _("digest of the copy presented, and the program that computed it"));
    report_page_paragraph(p, _("I declare under penalty of perjury that the foregoing is true and correct."));
    report_page_blank(p, _("place and date"));
    report_page_blank(p, _("signature"));
}

/* A device or a paper has no digest, and so nothing of what the form certifies. */
static bool is_hashed(const struct report *r, const char *item)
{
    const struct report_entry *intake = report_latest(r, R_STATEMENT_INTAKE, item);

    return intake != NULL && intake->statement.file_sha256 != NULL;
}

int report_form_certificate(const struct report_page *p, const struct report_order *order, struct hz_error *err)
{
    int rc;

    if (!is_hashed(p->report, order->item))
        return hz_error_set(err, HZ_E_UNSUPPORTED,
                            _("%s: nothing of it was hashed when it was taken in, so there is no digest to certify; "
                              "--form custody tells its history"),
                            order->item);
    report_page_paragraph(p, _("Draft in the manner of Federal Rules of Evidence 902(14), for data copied from an "
                               "electronic device, storage medium or file. The program drafts; a qualified person "
                               "checks every line, strikes what does not hold, and certifies. This is no legal "
                               "advice."));
    put_text(p);
    report_parts_item(p, order->item);
    report_parts_taking(p, order->item);
    rc = report_parts_digests(p, order->item, err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Digest computed and compared"), order->item,
                                 REPORT_TYPE(INTAKE) | REPORT_TYPE(ACCEPTANCE) | REPORT_TYPE(DECLINE) |
                                     REPORT_TYPE(RECHECK) | REPORT_TYPE(RESOLUTION),
                                 err);
    return rc == HZ_OK ? report_parts_people(p, err) : rc;
}
