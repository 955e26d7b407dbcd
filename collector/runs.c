#include "collector/runs.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"

struct block {
    uint64_t offset; /* in the file */
    void *packed;    /* owned; NULL: in the file */
    uint32_t len, packed_len;
};

struct run {
    struct block *blocks; /* owned */
    size_t count, room;
    size_t block, at;     /* of the name that comes next */
    unsigned char *bytes; /* owned; of that block; NULL: not read */
    struct name head;
    size_t head_size;
};

void run_store_open(struct run_store *s, int directory, size_t packed_max)
{
    *s = (struct run_store) { .directory = directory, .fd = -1, .packed_max = packed_max };
}

void run_store_close(struct run_store *s)
{
    io_close(&s->fd);
    ZSTD_freeCCtx(s->packer);
    ZSTD_freeDCtx(s->unpacker);
}

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

void runs_init(struct runs *r, struct run_store *store)
{
    *r = (struct runs) { .store = store };
}

static void free_run(struct run_store *s, struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        s->packed -= run->blocks[i].packed_len;
        free(run->blocks[i].packed);
    }
    s->memory -= run->room * sizeof *run->blocks;
    free(run->blocks);
}

static void drop_block(struct runs *r)
{
    if (r->block != NULL)
        r->store->memory -= RUNS_BLOCK;
    free(r->block);
    r->block = NULL;
}

void runs_free(struct runs *r)
{
    runs_rest(r);
    for (size_t i = 0; i < r->count; i++)
        free_run(r->store, &r->list[i]);
    drop_block(r);
    free(r->list);
    runs_init(r, r->store);
}

int runs_begin(struct runs *r, struct hz_error *err)
{
    if (r->block == NULL) {
        r->block = malloc(RUNS_BLOCK);
        if (r->block == NULL)
            return no_memory(err);
        r->store->memory += RUNS_BLOCK;
    }
    if (r->count == r->room) {
        size_t room = r->room == 0 ? 4 : r->room * 2;
        struct run *grown = realloc(r->list, room * sizeof *grown);
        if (grown == NULL)
            return no_memory(err);
        r->list = grown;
        r->room = room;
    }
    r->list[r->count++] = (struct run) { 0 };
    r->filled = 0;
    return HZ_OK;
}

static int add_block(struct runs *r, struct block block, struct hz_error *err)
{
    struct run *run = &r->list[r->count - 1];
    if (run->count == run->room) {
        size_t room = run->room == 0 ? 4 : run->room * 2;
        struct block *grown = realloc(run->blocks, room * sizeof *grown);
        if (grown == NULL)
            return no_memory(err);
        r->store->memory += (room - run->room) * sizeof *grown;
        run->blocks = grown;
        run->room = room;
    }
    run->blocks[run->count++] = block;
    return HZ_OK;
}

static int store_file(struct runs *r, struct hz_error *err)
{
    struct run_store *s = r->store;
    struct hz_error why = { .code = HZ_OK };
    int rc = s->fd < 0 ? io_create_spool(s->directory, &s->fd, &why) : HZ_OK;
    if (rc == HZ_OK)
        rc = io_write_at(s->fd, s->end, r->block, r->filled, &why);
    if (rc != HZ_OK) {
        *err = why;
        return hz_errno_is_full(why.sys_errno) ? err->code = HZ_E_LIMIT : rc;
    }
    rc = add_block(r, (struct block) { .offset = s->end, .len = (uint32_t)r->filled }, err);
    s->end += r->filled;
    r->end = s->end;
    return rc;
}

static int store_packed(struct runs *r, struct hz_error *err)
{
    struct run_store *s = r->store;
    unsigned char packed[ZSTD_COMPRESSBOUND(RUNS_BLOCK)];
    if (s->packer == NULL)
        s->packer = ZSTD_createCCtx();
    if (s->packer == NULL)
        return no_memory(err);
    size_t len = ZSTD_compressCCtx(s->packer, packed, sizeof packed, r->block, r->filled, 1);
    if (ZSTD_isError(len))
        return no_memory(err);
    if (s->packed + len > s->packed_max)
        return hz_error_set(err, HZ_E_LIMIT, _("the directory has too many entries"));
    void *copy = malloc(len);
    if (copy == NULL)
        return no_memory(err);
    memcpy(copy, packed, len);
    struct block block = { .packed = copy, .len = (uint32_t)r->filled, .packed_len = (uint32_t)len };
    int rc = add_block(r, block, err);
    if (rc == HZ_OK)
        s->packed += len;
    else
        free(copy);
    return rc;
}

static int store_block(struct runs *r, struct hz_error *err)
{
    int rc = r->store->directory >= 0 ? store_file(r, err) : store_packed(r, err);
    r->filled = 0;
    return rc;
}

int runs_put(struct runs *r, const struct name *name, struct hz_error *err)
{
    size_t size = name_size(name);
    int rc = r->filled + size > RUNS_BLOCK ? store_block(r, err) : HZ_OK;
    if (rc != HZ_OK)
        return rc;
    name_write(r->block + r->filled, name);
    r->filled += size;
    return HZ_OK;
}

int runs_end(struct runs *r, struct hz_error *err)
{
    int rc = r->filled > 0 ? store_block(r, err) : HZ_OK;
    drop_block(r);
    return rc;
}

void runs_undo(struct runs *r)
{
    drop_block(r);
    free_run(r->store, &r->list[--r->count]);
}

static int load_packed(struct run_store *s, const struct block *b, unsigned char *out, struct hz_error *err)
{
    if (s->unpacker == NULL)
        s->unpacker = ZSTD_createDCtx();
    if (s->unpacker == NULL || ZSTD_decompressDCtx(s->unpacker, out, RUNS_BLOCK, b->packed, b->packed_len) != b->len)
        return no_memory(err);
    return HZ_OK;
}

static int load_file(struct run_store *s, const struct block *b, unsigned char *out, struct hz_error *err)
{
    size_t got = 0;
    int rc = io_read_at(s->fd, b->offset, out, b->len, &got, err);
    return rc == HZ_OK && got != b->len ? hz_error_set(err, HZ_E_IO, _("a temporary file is shorter than it was")) : rc;
}

/* Makes head the name that comes next; the run has one. */
static int load(struct run_store *s, struct run *run, struct hz_error *err)
{
    const struct block *b = &run->blocks[run->block];
    if (run->bytes == NULL) {
        run->bytes = malloc(RUNS_BLOCK);
        if (run->bytes == NULL)
            return no_memory(err);
        s->memory += RUNS_BLOCK;
        int rc = b->packed != NULL ? load_packed(s, b, run->bytes, err) : load_file(s, b, run->bytes, err);
        if (rc != HZ_OK)
            return rc;
    }
    run->head_size = name_read(run->bytes + run->at, &run->head);
    return HZ_OK;
}

static void unload(struct run_store *s, struct run *run)
{
    if (run->bytes != NULL)
        s->memory -= RUNS_BLOCK;
    free(run->bytes);
    run->bytes = NULL;
}

static int advance(struct run_store *s, struct run *run, struct hz_error *err)
{
    run->at += run->head_size;
    if (run->at < run->blocks[run->block].len)
        return load(s, run, err);
    unload(s, run);
    run->at = 0;
    return ++run->block < run->count ? load(s, run, err) : HZ_OK;
}

static bool less(const struct runs *r, size_t a, size_t b)
{
    return name_order(&r->list[r->heap[a]].head, &r->list[r->heap[b]].head) < 0;
}

static void sift(struct runs *r, size_t i)
{
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < r->heads; child++)
            if (less(r, child, least))
                least = child;
        if (least == i)
            return;
        uint32_t moved = r->heap[i];
        r->heap[i] = r->heap[least];
        r->heap[least] = moved;
        i = least;
    }
}

static int begin_reading(struct runs *r, struct hz_error *err)
{
    r->heap = calloc(r->count + 1, sizeof *r->heap);
    if (r->heap == NULL)
        return no_memory(err);
    r->heads = 0;
    for (size_t i = 0; i < r->count; i++) {
        struct run *run = &r->list[i];
        if (run->block == run->count)
            continue;
        int rc = load(r->store, run, err);
        if (rc != HZ_OK)
            return rc;
        r->heap[r->heads++] = (uint32_t)i;
    }
    for (size_t i = r->heads / 2; i-- > 0;)
        sift(r, i);
    return HZ_OK;
}

/* The one given out goes, the next of its run takes its place. */
static int step(struct runs *r, struct hz_error *err)
{
    struct run *run = &r->list[r->heap[0]];
    r->taken = false;
    int rc = advance(r->store, run, err);
    if (rc != HZ_OK)
        return rc;
    if (run->block == run->count)
        r->heap[0] = r->heap[--r->heads];
    sift(r, 0);
    return HZ_OK;
}

int runs_next(struct runs *r, struct name *out, bool *more, struct hz_error *err)
{
    int rc = r->heap == NULL ? begin_reading(r, err) : HZ_OK;
    if (rc == HZ_OK && r->taken)
        rc = step(r, err);
    if (rc != HZ_OK)
        return rc;
    *more = r->heads > 0;
    if (*more)
        *out = r->list[r->heap[0]].head;
    r->taken = *more;
    return HZ_OK;
}

void runs_rest(struct runs *r)
{
    if (r->taken) { /* what was given out does not come again */
        struct run *run = &r->list[r->heap[0]];
        run->at += run->head_size;
        if (run->at == run->blocks[run->block].len) {
            run->at = 0;
            run->block++;
        }
    }
    r->taken = false;
    for (size_t i = 0; i < r->count; i++)
        unload(r->store, &r->list[i]);
    free(r->heap);
    r->heap = NULL;
}

void runs_rewind(struct runs *r)
{
    runs_rest(r);
    for (size_t i = 0; i < r->count; i++)
        r->list[i].block = r->list[i].at = 0;
}
