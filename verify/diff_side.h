/* One of two bundles that are compared: its verdict, what it lists, and where it looked. */
#ifndef HZ_VERIFY_DIFF_SIDE_H
#define HZ_VERIFY_DIFF_SIDE_H

#include "formats/read/tally.h"
#include "verify/sorted.h"
#include "verify/work.h"

struct diff_listing {
    bool there, whole; /* whole: every row of it could be read */
    bool limited;      /* by the one who made it: it ends early */
    uint64_t left;     /* rows too long to compare */
};

struct diff_names {
    char **list; /* owned */
    size_t count;
};

struct diff_side {
    struct work *work; /* owned */
    struct sorted rows;
    struct diff_listing listings[FACT_LISTINGS];
    uint64_t left; /* files whose names are too long to compare */
    struct r_tally sources;
    struct r_tally gaps;                /* sources of which something without a name was not taken */
    struct diff_names paths, databases; /* what --path and --db asked for */
    char *profiles;                     /* owned: as the acquisition has them; NULL: none */
};

/* Reads and judges a bundle. HZ_OK whatever the verdict is. Free it in any case. */
int diff_side_read(struct diff_side *s, const struct policy_order *order, struct hz_error *err);
void diff_side_free(struct diff_side *s); /* legal on a zeroed struct */
/* Would the collection have met a file of this name, had it been there? source: which the other bundle has it from. Of
 * a source that stands for what changed lately nobody can say that: false. */
bool diff_side_looked(const struct diff_side *s, const struct diff_side *other, const struct fact_member *source,
                      const unsigned char *name, size_t len);

/* Could something without a name not be taken for this source? source: as above. */
bool diff_side_gap(const struct diff_side *s, const struct fact_member *source);

#endif
