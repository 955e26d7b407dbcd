#include "custody/archive_mark.h"

#include <string.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "formats/read/field.h"
#include "formats/write/random.h"

#define MARK_MAX 4096

int archive_mark_parse(const struct buf *text, char volume[ARCHIVE_VOLUME], struct hz_error *err)
{
    static const struct r_field fields[] = {
        { .key = "schema", .kind = R_FIELD_FIXED, .required = true, .form = "hozen-archive/1" },
        { .key = "volume", .kind = R_FIELD_HEX16, .required = true },
    };
    struct r_value v[2];
    struct r_json j;

    if (!r_json_file(&j, text->data, text->len) || !r_field_read(&j, fields, 2, v, NULL) || !r_json_done(&j))
        return hz_error_set(err, HZ_E_FORMAT, _("%s is not the mark of an archive of this version"), ARCHIVE_MARK);
    memcpy(volume, v[1].text.at, ARCHIVE_VOLUME - 1);
    volume[ARCHIVE_VOLUME - 1] = '\0';
    return HZ_OK;
}

static int build_of(const char *volume, struct buf *out, struct hz_error *err)
{
    struct json_out j;
    int rc;

    json_init(&j, out);
    json_object(&j);
    json_member_string(&j, "schema", "hozen-archive/1");
    json_member_string(&j, "volume", volume);
    json_object_end(&j);
    rc = json_check(&j, err);
    buf_putc(out, '\n');
    return rc;
}

int archive_mark_build(struct buf *out, struct hz_error *err)
{
    char volume[ARCHIVE_VOLUME];
    int rc = w_random_hex(volume, (ARCHIVE_VOLUME - 1) / 2, err);

    return rc == HZ_OK ? build_of(volume, out, err) : rc;
}

static int path_of(const char *url, struct buf *out, struct hz_error *err)
{
    buf_printf(out, "%s/%s", url, ARCHIVE_MARK);
    buf_text(out);
    return buf_check(out, err);
}

/* One that a killed run did not finish is begun anew: nothing was recorded with its volume. */
static int make_mark(const char *url, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MARK_MAX);
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    HZ_CLEANUP(io_partial_abort) struct io_partial mark = { -1, -1, NULL, NULL };
    int rc = archive_mark_build(&text, err);

    if (rc == HZ_OK)
        rc = path_of(url, &path, err);
    if (rc == HZ_OK)
        rc = io_partial_restart(&mark, (const char *)path.data, 0444, err);
    if (rc == HZ_OK)
        rc = io_write(mark.fd, text.data, text.len, err);
    return rc == HZ_OK ? io_partial_commit(&mark, err) : rc;
}

int archive_mark_restore(const char *url, const char *volume, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MARK_MAX);
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    int rc = build_of(volume, &text, err);

    if (rc == HZ_OK)
        rc = path_of(url, &path, err);
    return rc == HZ_OK ? io_commit_replace((const char *)path.data, 0444, text.data, text.len, err) : rc;
}

static int read_mark(int folder, char volume[ARCHIVE_VOLUME], struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MARK_MAX);
    HZ_CLEANUP(io_close) int looked = -1;
    HZ_CLEANUP(io_close) int fd = -1;
    int noatime, rc = io_evidence_look(folder, ARCHIVE_MARK, &looked, err);

    if (rc == HZ_OK)
        rc = io_evidence_reopen(looked, &fd, &noatime, err);
    if (rc == HZ_OK)
        rc = io_read_all(fd, &text, err);
    return rc == HZ_OK ? archive_mark_parse(&text, volume, err) : rc;
}

int archive_mark(const char *url, int folder, bool make, char volume[ARCHIVE_VOLUME], struct hz_error *err)
{
    int rc = read_mark(folder, volume, err);

    if (rc != HZ_E_NOTFOUND)
        return rc;
    if (!make)
        return hz_error_set(err, HZ_E_NOTFOUND, _("no archive is there (%s is missing): is the medium mounted?"),
                            ARCHIVE_MARK);
    rc = make_mark(url, err);
    return rc == HZ_OK || rc == HZ_E_EXISTS ? read_mark(folder, volume, err) : rc;
}
