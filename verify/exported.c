#include "verify/exported.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const words[EXPORTED_CODES] = {
    "export-altered",           "record-altered",          "record-missing",          "record-reordered",
    "record-signature-invalid", "checkpoint-inconsistent", "time-backwards",          "custody-gap",
    "policy-violated",          "signer-revoked",          "signer-outside-validity", "signer-untrusted",
};

const char *exported_code_word(enum exported_code code)
{
    return words[code];
}

enum exported_code exported_code_find(const char *word)
{
    for (unsigned i = 0; i < EXPORTED_CODES; i++)
        if (strcmp(words[i], word) == 0)
            return (enum exported_code)i;
    return EXPORTED_RECORD_ALTERED;
}

static struct exported_finding *next(struct exported *x, enum exported_code code)
{
    struct exported_finding *f;

    if (x->finding_count == EXPORTED_FINDINGS) {
        x->findings_more++;
        return NULL;
    }
    f = &x->findings[x->finding_count++];
    f->code = code;
    return f;
}

void exported_find(struct exported *x, enum exported_code code, const char *format, ...)
{
    struct exported_finding *f = next(x, code);
    va_list ap;

    if (f == NULL)
        return;
    va_start(ap, format);
    vsnprintf(f->detail, sizeof f->detail, format, ap);
    va_end(ap);
}

void exported_find_at(struct exported *x, enum exported_code code, uint64_t entry, const char *format, ...)
{
    struct exported_finding *f = next(x, code);
    va_list ap;

    if (f == NULL)
        return;
    f->has_entry = true;
    f->entry = entry;
    va_start(ap, format);
    vsnprintf(f->detail, sizeof f->detail, format, ap);
    va_end(ap);
}

void exported_unknown(struct exported *x, const char *format, ...)
{
    va_list ap;

    if (x->unknown_count == EXPORTED_UNKNOWN)
        return; /* enough to say that not everything was judged */
    va_start(ap, format);
    vsnprintf(x->unknown[x->unknown_count++], EXPORTED_DETAIL, format, ap);
    va_end(ap);
}

bool exported_is_sane(const struct exported *x)
{
    if (x->finding_count > EXPORTED_FINDINGS || x->unknown_count > EXPORTED_UNKNOWN)
        return false;
    for (size_t i = 0; i < x->finding_count; i++)
        if (x->findings[i].code >= EXPORTED_CODES || memchr(x->findings[i].detail, 0, EXPORTED_DETAIL) == NULL)
            return false;
    for (size_t i = 0; i < x->unknown_count; i++)
        if (memchr(x->unknown[i], 0, EXPORTED_DETAIL) == NULL)
            return false;
    return true;
}
