#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/person.h"
#include "formats/read/ledger_text.h"
#include "formats/read/pubkey.h"

static int set(char **field, const char *text, size_t len, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf copy = BUF_INIT(R_LEDGER_LINE_MAX);

    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (*field != NULL || len == 0 || len > R_LEDGER_LINE_MAX)
        return HZ_OK;
    buf_put(&copy, text, len);
    if (buf_text(&copy) == NULL)
        return buf_check(&copy, err);
    if (!text_is_line((const char *)copy.data, R_LEDGER_LINE_MAX))
        return HZ_OK;
    *field = text_copy((const char *)copy.data);
    return *field != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

int person_from_comment(struct person *p, const char *comment, struct hz_error *err)
{
    size_t len = strlen(comment);
    const char *open = strrchr(comment, '<');
    int rc;

    if (open == NULL || open == comment || len == 0 || comment[len - 1] != '>')
        return set(&p->name, comment, len, err);
    rc = set(&p->contact, open + 1, (size_t)(comment + len - 1 - (open + 1)), err);
    return rc == HZ_OK ? set(&p->name, comment, (size_t)(open - comment), err) : rc;
}

/* The comment behind "type base64", cut off there; NULL when there is none. */
static const char *cut_comment(char *line)
{
    char *blank = strchr(line, ' ');

    blank = blank != NULL ? strchr(blank + 1, ' ') : NULL;
    if (blank == NULL)
        return NULL;
    *blank = '\0';
    return blank + 1;
}

static int fill(struct person *p, char *line, const char *path, struct hz_error *err)
{
    struct r_pubkey key;
    const char *comment;

    line[strcspn(line, "\r\n")] = '\0';
    if (r_pubkey_line(line, strlen(line), &key) != HZ_OK || key.algorithm == R_PUBKEY_UNKNOWN)
        return hz_error_set(
            err, HZ_E_FORMAT,
            _("%s: is not a public key of type ecdsa-sha2-nistp256 or ssh-ed25519, or of these on a token; give the "
              ".key.pub file"),
            path);
    comment = cut_comment(line);
    p->key = text_copy(key.fingerprint);
    p->public_key = text_copy(line);
    if (p->key == NULL || p->public_key == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    return comment != NULL ? person_from_comment(p, comment, err) : HZ_OK;
}

int person_from_file(struct person *out, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person p = { 0 };
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(16384);
    int rc = io_read_file(path, &line, err);

    if (rc != HZ_OK)
        return rc;
    if (buf_text(&line) == NULL)
        return buf_check(&line, err);
    rc = fill(&p, (char *)line.data, path, err);
    if (rc != HZ_OK)
        return rc;
    *out = p;
    memset(&p, 0, sizeof p);
    return HZ_OK;
}
