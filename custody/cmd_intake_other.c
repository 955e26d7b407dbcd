#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_intake.h"
#include "custody/interrupt.h"

/* A line that is written over, a second at least between two. */
static void show_progress(void *context, uint64_t done, uint64_t all)
{
    struct stamp *next = context, now = stamp_boottime();
    bool whole = done >= all;

    if (!whole && stamp_compare(now, *next) < 0)
        return;
    *next = stamp_add(now, 1);
    if (whole)
        fputs("\r     \r", stderr);
    else
        fprintf(stderr, "\r%3u %%", (unsigned)((double)done / (double)all * 100));
    fflush(stderr);
}

struct intake_progress cmd_intake_progress(struct stamp *next)
{
    return (struct intake_progress) { cli_out_terminal(stderr) ? show_progress : NULL, next };
}

static int hash_file(struct intake *i, const struct intake_progress *progress, struct hz_error *err)
{
    int rc = intake_file_open(&i->hashed, i->file, err);

    if (rc != HZ_OK)
        return rc;
    if (!i->hashed.noatime)
        cli_note(i->args, _("%s: reading it may change the time of its last access: it is not yours"), i->file);
    rc = intake_file_hash(&i->hashed, cli_flag(i->args, "sha512"), progress, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", i->file);
}

/* --listing, or a file beside the ledger. */
static int choose_listing(struct intake *i, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    const char *given = cli_value(i->args, "listing");

    if (given != NULL)
        buf_puts(&path, given);
    else
        buf_printf(&path, "%s.%s.listing.jsonl", cli_value(i->args, "ledger"), i->item);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    i->listing = text_copy((const char *)path.data);
    return i->listing != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static int list_archive(struct intake *i, const struct intake_progress *progress, struct hz_error *err)
{
    struct w_statement_body *body = &i->statement.body;
    struct foreign_job job = { .fd = i->hashed.fd,
                               .size = i->hashed.before.stx_size,
                               .item = i->item,
                               .file_sha256 = i->hashed.sha256,
                               .progress = progress };
    int rc = choose_listing(i, err);

    job.path = i->listing;
    if (rc == HZ_OK)
        rc = foreign_list(&job, &i->listed, err);
    if (rc == HZ_OK)
        rc = intake_file_unchanged(&i->hashed, err);
    if (rc != HZ_OK)
        return rc == HZ_E_EXISTS ? rc : hz_error_context(err, "%s", i->file);
    snprintf(i->members, sizeof i->members, "%llu", (unsigned long long)i->listed.members);
    body->listing.format = i->listed.format;
    body->listing.members = i->members;
    body->listing.sha256 = i->listed.sha256;
    if (i->listed.trouble[0] != '\0') {
        inspect_trouble(&i->inside, i->listed.trouble);
        body->inspection = &i->inside.record;
    }
    return HZ_OK;
}

int cmd_intake_other(struct intake *i, struct hz_error *err)
{
    struct w_statement_body *body = &i->statement.body;
    struct stamp next = { 0 };
    const struct intake_progress progress = cmd_intake_progress(&next);
    struct interrupt signals;
    int rc = cmd_intake_check_free(i, err);

    interrupt_begin(&signals);
    if (rc == HZ_OK && i->file != NULL)
        rc = hash_file(i, &progress, err);
    if (rc == HZ_OK && strcmp(i->kind, "archive") == 0)
        rc = list_archive(i, &progress, err);
    rc = interrupt_end(&signals, rc, err);
    body->kind = i->kind;
    if (rc != HZ_OK || i->file == NULL)
        return rc;
    snprintf(i->size, sizeof i->size, "%llu", (unsigned long long)i->hashed.before.stx_size);
    i->statement.file_sha256 = i->hashed.sha256;
    body->sha512 = i->hashed.sha512[0] != '\0' ? i->hashed.sha512 : NULL;
    body->size = i->size;
    return HZ_OK;
}
