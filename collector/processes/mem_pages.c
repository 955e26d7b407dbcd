#include "collector/processes/mem_pages.h"

#include "base/io_rw.h"
#include "collector/servant.h"

#define ENTRIES 4096
#define IN_MEMORY (UINT64_C(1) << 63)
#define IN_SWAP (UINT64_C(1) << 62)

struct entries { /* what was read of pagemap, for pages from `first` on */
    uint64_t values[ENTRIES];
    uint64_t first;
    size_t count;
    bool failed;
};

static bool is_there(struct entries *e, int pagemap, uint64_t number)
{
    size_t got = 0;
    struct hz_error ignored;
    if (pagemap < 0 || e->failed)
        return true;
    if (e->count == 0 || number < e->first || number - e->first >= e->count) {
        int rc = io_read_at(pagemap, number * sizeof e->values[0], e->values, sizeof e->values, &got, &ignored);
        e->first = number;
        e->count = rc == HZ_OK ? got / sizeof e->values[0] : 0;
        e->failed = e->count == 0;
    }
    return e->failed || (e->values[number - e->first] & (IN_MEMORY | IN_SWAP)) != 0;
}

bool mem_pages_next(int pagemap, uint64_t page, uint64_t *at, uint64_t end, struct mem_run *out)
{
    struct entries e = { .count = 0 };
    uint64_t last = end / page, number = *at / page;
    while (number < last && !is_there(&e, pagemap, number))
        number++;
    if (number >= last)
        return false;
    struct mem_run run = { number * page, (number + 1) * page };
    for (uint64_t next = number + 1; next < last && next * page - run.end <= MEM_PAGES_GAP; next++) {
        if (is_there(&e, pagemap, next))
            run.end = (next + 1) * page;
    }
    *at = run.end;
    *out = run;
    return true;
}

static void work(void *context)
{
    struct mem_look *l = context;
    l->found = mem_pages_next(l->pagemap, l->page, &l->at, l->end, &l->run);
}

int mem_pages_look(struct mem_look **look, struct run *run, struct hz_error *err)
{
    int rc = servant_do(run, work, *look, err);
    if (rc == HZ_E_TIMEOUT)
        *look = NULL;
    return rc;
}
