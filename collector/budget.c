#include "collector/budget.h"

#include "base/lang.h"

#define END_MIN ((uint64_t)2 << 20)    /* records and catalog lines on their way, manifests of little, signature */
#define END_MAX ((uint64_t)64 << 20)   /* rows about what is left out */
#define SMALLEST ((uint64_t)64 << 10)  /* with less room than this nothing more is tried */
#define ZEROS 512                      /* bytes of zeros that packed become less than one */
#define GAIN_MIN ((uint64_t)256 << 10) /* settling takes time: it is done for no less than this, at most, */
#define GAIN_MAX ((uint64_t)4 << 20)   /* and for no less than a 256th of --max-size within these */
#define ATTRIBUTES 256                 /* bytes that every claim has room for */
#define ROWS_EACH 16384                /* of what is kept for the end, for one row of what a walk leaves out */
#define ROWS_MOST 1000
#define ROWS_LEFT ((size_t)3 << 20) /* for what is left out then: ROWS_MOST names of 1,500 bytes, packed */

static uint64_t add(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static uint64_t end_part(uint64_t max_size)
{
    uint64_t part = max_size / 64;
    return part < END_MIN ? END_MIN : part > END_MAX ? END_MAX : part;
}

void budget_begin(struct budget *b, const struct collect_options *o, int medium)
{
    *b = (struct budget) { .max_size = o->max_size,
                           .max_file_size = o->max_file_size,
                           .end = end_part(o->max_size),
                           .encrypted = o->recipient_count > 0,
                           .packed = o->compress != W_COMPRESS_NONE };
    room_begin(&b->room, medium);
    atomic_init(&b->space, room_left(&b->room));
}

/* Header, extended header and padding; catalog line and manifest lines. Names may be three times as long there.
 * Encrypted, 64 KiB have 16 bytes more. */
static struct budget_claim cost(const struct budget *b, uint64_t size, size_t path_len)
{
    uint64_t bytes = add(size, 2048 + 3 * (uint64_t)path_len);
    return (struct budget_claim) { .bytes = b->encrypted ? add(bytes, bytes / 4096 + 16) : bytes,
                                   .rows = 1200 + 9 * path_len };
}

static uint64_t sum(struct budget_claim c)
{
    return add(c.bytes, c.rows);
}

const char *budget_admit(struct budget *b, uint64_t size, size_t path_len, struct budget_claim *claim)
{
    return b->max_file_size > 0 && size > b->max_file_size ? N_("larger than --max-file-size")
                                                           : budget_admit_made(b, size, path_len, claim);
}

static uint64_t claimed_of(const struct budget *b)
{
    return add(atomic_load(&b->claimed), atomic_load(&b->claimed_rows));
}

uint64_t budget_left(struct budget *b)
{
    uint64_t claimed = claimed_of(b), space = atomic_load(&b->space);
    uint64_t left = space == UINT64_MAX ? space : less(space, claimed);
    uint64_t size = b->max_size == 0 ? UINT64_MAX : less(b->max_size, add(claimed, add(atomic_load(&b->used), b->end)));
    return left < size ? left : size;
}

static const char *claim_it(struct budget *b, struct budget_claim c, struct budget_claim *claim)
{
    uint64_t wanted = add(sum(c), claimed_of(b));
    if (b->max_size > 0 && add(wanted, add(atomic_load(&b->used), b->end)) > b->max_size)
        return N_("the bundle would be larger than --max-size");
    if (wanted > atomic_load(&b->space))
        return N_("larger than what is free where the bundle is written");
    atomic_fetch_add(&b->claimed, c.bytes);
    atomic_fetch_add(&b->claimed_rows, c.rows);
    *claim = c;
    return NULL;
}

const char *budget_admit_made(struct budget *b, uint64_t size, size_t path_len, struct budget_claim *claim)
{
    return claim_it(b, cost(b, size, path_len), claim);
}

const char *budget_admit_attributes(struct budget *b, size_t bytes, struct budget_claim *claim)
{
    struct budget_claim more = { 0, 0 };
    if (bytes <= ATTRIBUTES)
        return NULL;
    const char *refused = claim_it(b, (struct budget_claim) { .rows = 2 * (uint64_t)bytes }, &more);
    claim->rows += more.rows;
    return refused;
}

static struct budget_claim row_cost(size_t path_len)
{
    return (struct budget_claim) { .rows = 800 + 10 * (uint64_t)path_len };
}

void budget_claim_row(struct budget *b, size_t path_len, struct budget_claim *claim)
{
    *claim = row_cost(path_len);
    atomic_fetch_add(&b->claimed_rows, claim->rows);
}

uint64_t budget_zeros(uint64_t len)
{
    return len / ZEROS;
}

bool budget_begins(const struct budget *b, uint64_t size, size_t path_len)
{
    bool too_large = b->max_file_size > 0 && size > b->max_file_size;
    return b->packed && !too_large && size <= b->max_size && cost(b, size, path_len).bytes <= atomic_load(&b->space);
}

const char *budget_admit_begin(struct budget *b, uint64_t size, size_t first, size_t path_len,
                               struct budget_claim *claim)
{
    return claim_it(b, cost(b, add(budget_zeros(size), first), path_len), claim);
}

const char *budget_admit_part(struct budget *b, size_t len, struct budget_claim *claim)
{
    return claim_it(b, (struct budget_claim) { .bytes = cost(b, len, 0).bytes }, claim);
}

static uint64_t counted(const struct budget *b)
{
    return add(atomic_load(&b->used), claimed_of(b));
}

/* gives: what settling gives back, at most. */
static bool is_worth_it(const struct budget *b, uint64_t gives)
{
    uint64_t part = b->max_size / 256;
    return gives >= (part < GAIN_MIN ? GAIN_MIN : part > GAIN_MAX ? GAIN_MAX : part);
}

static bool exceeds(const struct budget *b, uint64_t used, uint64_t more)
{
    return b->max_size > 0 && add(more, add(used, b->end)) > b->max_size;
}

bool budget_settles(const struct budget *b, uint64_t size, size_t path_len)
{
    uint64_t more = sum(cost(b, size, path_len));
    uint64_t now = counted(b), least = atomic_load(&b->least);
    return exceeds(b, now, more) && !exceeds(b, least, more) && is_worth_it(b, less(now, least));
}

bool budget_presses(const struct budget *b, uint64_t size, size_t path_len)
{
    uint64_t more = sum(cost(b, size, path_len)), claimed = claimed_of(b), space = atomic_load(&b->space);
    return claimed > 0 && more <= space && add(claimed, more) > space;
}

bool budget_row_presses(const struct budget *b, size_t path_len)
{
    uint64_t claimed = claimed_of(b);
    return claimed > 0 && add(claimed, row_cost(path_len).rows) > atomic_load(&b->space);
}

/* Rows wait in a file on the medium, and are written into the bundle at its end once more. Of these, how many bytes are
 * counted as large as they are. */
static uint64_t measure(struct budget *b, const struct w_bundle *bundle)
{
    struct w_bundle_progress p;
    w_bundle_progress(bundle, &p);
    uint64_t waiting = add(p.in_flight, p.rows_out), left = room_left(&b->room);
    atomic_store(&b->used, add(p.written, waiting));
    atomic_store(&b->space, left == UINT64_MAX ? UINT64_MAX : less(left, waiting));
    return p.rows_rest;
}

void budget_look(struct budget *b, const struct w_bundle *bundle)
{
    measure(b, bundle);
}

/* What cannot be written is told by the next call that gives the bundle something. Packing rows for their size takes
 * time: it is done where they take more than is left. */
void budget_settle(struct budget *b, struct w_bundle *bundle)
{
    struct hz_error ignored;
    if (w_bundle_settle(bundle, &ignored) != HZ_OK)
        return;
    uint64_t rows = measure(b, bundle), left = less(b->max_size, add(atomic_load(&b->used), b->end));
    if (b->packed && rows > GAIN_MIN && rows > left && w_bundle_measure(bundle, &ignored) == HZ_OK)
        measure(b, bundle);
    atomic_store(&b->least, atomic_load(&b->used));
}

void budget_make_room(struct budget *b, uint64_t size, size_t path_len, struct w_bundle *bundle)
{
    if (budget_settles(b, size, path_len))
        budget_settle(b, bundle);
}

void budget_given(struct budget *b, struct budget_claim claim, struct w_bundle *bundle, struct stop *stop)
{
    measure(b, bundle); /* before the claim goes: for a moment both count, never none */
    atomic_fetch_sub(&b->claimed, claim.bytes);
    atomic_fetch_sub(&b->claimed_rows, claim.rows);
    if (exceeds(b, atomic_load(&b->used), SMALLEST) &&
        is_worth_it(b, less(atomic_load(&b->used), atomic_load(&b->least))))
        budget_settle(b, bundle);
    if (exceeds(b, atomic_load(&b->used), SMALLEST))
        stop_set(stop, STOP_SIZE);
    else if (atomic_load(&b->space) < SMALLEST)
        stop_set(stop, STOP_NO_SPACE);
    else if (!w_bundle_room(bundle, (size_t)atomic_load(&b->claimed_rows) + ROWS_LEFT))
        stop_set(stop, STOP_ROWS);
}

size_t budget_rows_left(const struct budget *b)
{
    uint64_t twice = b->room.reserve / 2; /* on the medium they are in their spool, too */
    uint64_t rows = (b->max_size == 0 || twice < b->end ? twice : b->end) / ROWS_EACH;
    return rows < ROWS_MOST ? (size_t)rows : ROWS_MOST;
}
