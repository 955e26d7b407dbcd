#include "collector/budget.h"

#include "base/lang.h"

#define END_MIN ((uint64_t)2 << 20)   /* records and catalog lines on their way, manifests of little, signature */
#define END_MAX ((uint64_t)64 << 20)  /* rows about what is left out */
#define SMALLEST ((uint64_t)64 << 10) /* with less room than this nothing more is tried */

#define ROWS_AHEAD ((size_t)8 << 20) /* of things that were not admitted one by one, on their way */

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
                           .encrypted = o->recipient_count > 0 };
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

uint64_t budget_left(struct budget *b)
{
    uint64_t claimed = add(atomic_load(&b->claimed), atomic_load(&b->claimed_rows)), space = atomic_load(&b->space);
    uint64_t left = space == UINT64_MAX ? space : less(space, claimed);
    uint64_t size = b->max_size == 0 ? UINT64_MAX : less(b->max_size, add(claimed, add(atomic_load(&b->used), b->end)));
    return left < size ? left : size;
}

const char *budget_admit_made(struct budget *b, uint64_t size, size_t path_len, struct budget_claim *claim)
{
    struct budget_claim c = cost(b, size, path_len);
    uint64_t wanted = add(sum(c), add(atomic_load(&b->claimed), atomic_load(&b->claimed_rows)));
    if (b->max_size > 0 && add(wanted, add(atomic_load(&b->used), b->end)) > b->max_size)
        return N_("the bundle would be larger than --max-size");
    if (wanted > atomic_load(&b->space))
        return N_("larger than what is free where the bundle is written");
    atomic_fetch_add(&b->claimed, c.bytes);
    atomic_fetch_add(&b->claimed_rows, c.rows);
    *claim = c;
    return NULL;
}

/* Rows wait in a file on the medium, and are written into the bundle at its end once more. */
static void measure(struct budget *b, const struct w_bundle *bundle)
{
    struct w_bundle_progress p;
    w_bundle_progress(bundle, &p);
    uint64_t waiting = add(p.in_flight, p.rows), left = room_left(&b->room);
    atomic_store(&b->used, add(p.written, waiting));
    atomic_store(&b->space, left == UINT64_MAX ? UINT64_MAX : less(left, waiting));
}

void budget_given(struct budget *b, struct budget_claim claim, const struct w_bundle *bundle, struct stop *stop)
{
    measure(b, bundle); /* before the claim goes: for a moment both count, never none */
    atomic_fetch_sub(&b->claimed, claim.bytes);
    atomic_fetch_sub(&b->claimed_rows, claim.rows);
    if (b->max_size > 0 && add(atomic_load(&b->used), b->end + SMALLEST) > b->max_size)
        stop_set(stop, STOP_SIZE);
    else if (atomic_load(&b->space) < SMALLEST)
        stop_set(stop, STOP_NO_SPACE);
    else if (!w_bundle_room(bundle, (size_t)atomic_load(&b->claimed_rows) + ROWS_AHEAD))
        stop_set(stop, STOP_ROWS);
}
