#include "formats/read/checkpoint.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"

#define ORIGIN "hozen-ledger/"
#define SIZE_MAX_ALLOWED ((UINT64_C(1) << 53) - 1)

/* The line that begins at *at, without its newline; false when there is none. */
static bool next_line(const char *text, size_t len, size_t *at, const char **line, size_t *line_len)
{
    const char *end = memchr(text + *at, '\n', len - *at);

    if (end == NULL)
        return false;
    *line = text + *at;
    *line_len = (size_t)(end - *line);
    *at += *line_len + 1;
    return true;
}

static bool read_lines(struct r_checkpoint *c, const char *text, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(R_SHA256_SIZE);
    unsigned char id[R_SHA256_SIZE];
    size_t at = 0, line_len, prefix = strlen(ORIGIN);
    const char *line;

    if (!next_line(text, len, &at, &line, &line_len) || line_len != prefix + 64 || memcmp(line, ORIGIN, prefix) != 0 ||
        text_unhex(id, sizeof id, line + prefix, 64) != HZ_OK)
        return false;
    text_hex(c->ledger, id, sizeof id);
    if (!next_line(text, len, &at, &line, &line_len) ||
        num_parse_u64(line, line_len, SIZE_MAX_ALLOWED, &c->size) != HZ_OK || c->size == 0)
        return false;
    if (!next_line(text, len, &at, &line, &line_len) || text_unbase64(&root, line, line_len) != HZ_OK ||
        root.len != sizeof c->root)
        return false;
    memcpy(c->root, root.data, sizeof c->root);
    return at == len;
}

int r_checkpoint_parse(struct r_checkpoint *out, const void *text, size_t len, struct hz_error *err)
{
    struct r_checkpoint c;

    if (len == 0 || len > R_CHECKPOINT_MAX || !read_lines(&c, text, len))
        return hz_error_set(err, HZ_E_FORMAT, _("is not the text of a checkpoint"));
    *out = c;
    return HZ_OK;
}
