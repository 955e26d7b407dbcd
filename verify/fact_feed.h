/* The listings of a bundle while it is read, in the jailed child: their facts go to the parent. */
#ifndef HZ_VERIFY_FACT_FEED_H
#define HZ_VERIFY_FACT_FEED_H

#include "verify/fact.h"
#include "verify/wire.h"

struct fact_feed {
    struct wire_out *wire;
    size_t listing; /* being read; FACT_LISTINGS: none */
    struct r_line line;
    struct fact fact;
    bool malformed;
    uint64_t left; /* rows that were too long */
};

void fact_feed_open(struct fact_feed *f, struct wire_out *wire);
void fact_feed_close(struct fact_feed *f);
/* Of every payload file, in the order of the bundle. */
void fact_feed_begin(struct fact_feed *f, const char *path);
int fact_feed_put(struct fact_feed *f, const void *bytes, size_t len, struct hz_error *err);
int fact_feed_end(struct fact_feed *f, struct hz_error *err);

#endif
