/* Words for files that are not as they were on the host. */
#ifndef HZ_VERIFY_ROWS_CUT_H
#define HZ_VERIFY_ROWS_CUT_H

#include "base/json_out.h"
#include "verify/reader.h"

/* How much of a limited or shrunk file is its own. */
void rows_cut_text(struct buf *out, bool limited, uint64_t size, uint64_t real_size);

/* Behind the name of a file, ": " and what it is not; nothing for one that is whole. */
void rows_cut_row(struct buf *out, const struct reader_row *row);

/* Why files are not whole, as the bundle says it behind all rows: kept in bounded memory. */
#define ROWS_WHYS 1000
struct rows_whys {
    struct buf json;    /* elements of an array, with commas between */
    struct buf text;    /* the first few for people: each ends in NUL */
    size_t count, told; /* told: in the text */
    uint64_t more;      /* that found no room */
};
void rows_whys_init(struct rows_whys *w);
void rows_whys_free(struct rows_whys *w);
/* The member "reasons"; there are some. */
int rows_whys_json(struct json_out *j, const struct rows_whys *w, struct hz_error *err);
int rows_whys_add(struct rows_whys *w, const struct reader_why *why, struct hz_error *err);

#endif
