#include "verify/fact_feed.h"

#include <string.h>

void fact_feed_open(struct fact_feed *f, struct wire_out *wire)
{
    *f = (struct fact_feed) { .wire = wire, .listing = FACT_LISTINGS };
    fact_init(&f->fact);
}

void fact_feed_close(struct fact_feed *f)
{
    r_line_free(&f->line);
    fact_free(&f->fact);
}

void fact_feed_begin(struct fact_feed *f, const char *path)
{
    f->listing = fact_listing_find(path, strlen(path));
    if (f->listing == FACT_LISTINGS)
        return;
    r_line_begin(&f->line, FACT_LINE_MAX);
    f->malformed = false;
    f->left = 0;
}

static int on_line(void *context, const char *line, size_t len, uint64_t number, uint64_t offset, struct hz_error *err)
{
    struct fact_feed *f = context;
    enum fact_answer answer = f->malformed ? FACT_NONE : fact_line(f->listing, number, line, len, &f->fact);

    (void)offset;
    if (f->fact.name.failed == HZ_E_NOMEM || f->fact.value.failed == HZ_E_NOMEM)
        return buf_check(f->fact.name.failed ? &f->fact.name : &f->fact.value, err);
    f->left += answer == FACT_LONG || answer == FACT_CUT;
    f->malformed |= answer == FACT_MALFORMED;
    if (answer != FACT_YES && answer != FACT_CUT)
        return HZ_OK;
    wire_begin(f->wire, WIRE_FACT);
    wire_u32(f->wire, f->fact.kind);
    wire_bytes(f->wire, f->fact.name.data, f->fact.name.len);
    wire_bytes(f->wire, f->fact.value.data, f->fact.value.len);
    return wire_end(f->wire, err);
}

int fact_feed_put(struct fact_feed *f, const void *bytes, size_t len, struct hz_error *err)
{
    return f->listing < FACT_LISTINGS ? r_line_put(&f->line, bytes, len, on_line, f, err) : HZ_OK;
}

int fact_feed_end(struct fact_feed *f, struct hz_error *err)
{
    size_t listing = f->listing;

    f->listing = FACT_LISTINGS;
    if (listing == FACT_LISTINGS)
        return HZ_OK;
    wire_begin(f->wire, WIRE_LISTING);
    wire_u32(f->wire, (uint32_t)listing);
    wire_u32(f->wire, !f->malformed && r_line_whole(&f->line) && f->line.number);
    wire_u64(f->wire, f->left);
    return wire_end(f->wire, err);
}
