/* Linked around malloc and free where bundles are read by libFuzzer: a reading has some large blocks, of which a small
 * bundle uses the beginning. The sanitizer would mark each of them, whole, for every input; that takes longer than the
 * rest. Here they are kept between two readings, one place for each, of exactly the size that was asked for: what is
 * read or written beyond is found as ever, what is used after it was freed in their first 64 KiB. */
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include "tests/fuzz/fuzz.h"

#define LARGE ((size_t)32 * 1024)
#define PLACE ((size_t)4 << 20) /* for one block, and what may not be touched around it */
#define PLACES ((size_t)24)
#define EDGE ((size_t)4096)
#define MARKED ((size_t)64 * 1024)

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
void __wrap_free(void *block);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char *arena;
static struct {
    size_t size; /* 0: not used so far */
    bool busy;
} places[PLACES];

static bool is_ours(const void *block)
{
    return arena != NULL && (const unsigned char *)block >= arena &&
           (const unsigned char *)block < arena + PLACES * PLACE;
}

static bool begin(void)
{
    if (arena != NULL)
        return true;
    void *at = mmap(NULL, PLACES * PLACE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return false;
    arena = at;
    ASAN_POISON_MEMORY_REGION(arena, PLACES * PLACE);
    return true;
}

static unsigned char *take(size_t size)
{
    for (size_t i = 0; i < PLACES; i++) {
        unsigned char *block = arena + i * PLACE + EDGE;
        if (places[i].busy || (places[i].size != 0 && places[i].size != size))
            continue;
        ASAN_UNPOISON_MEMORY_REGION(block, places[i].size == 0 || size < MARKED ? size : MARKED);
        places[i].size = size;
        places[i].busy = true;
        return block;
    }
    return NULL;
}

static void *kept(size_t size)
{
    unsigned char *block;

    if (size < LARGE || size > PLACE - 2 * EDGE)
        return NULL;
    pthread_mutex_lock(&lock);
    block = begin() ? take(size) : NULL;
    pthread_mutex_unlock(&lock);
    return block;
}

void *__wrap_malloc(size_t size)
{
    void *block = kept(size);
    return block != NULL ? block : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *block = count < PLACE && size < PLACE ? kept(count * size) : NULL;
    return block != NULL ? memset(block, 0, count * size) : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    if (block == NULL)
        return __wrap_malloc(size);
    if (!is_ours(block))
        return __real_realloc(block, size);
    size_t had = places[(size_t)((unsigned char *)block - arena) / PLACE].size;
    void *fresh = __wrap_malloc(size);
    if (fresh != NULL) {
        memcpy(fresh, block, had < size ? had : size);
        __wrap_free(block);
    }
    return fresh;
}

void *__wrap_reallocarray(void *block, size_t count, size_t size)
{
    size_t all;
    return __builtin_mul_overflow(count, size, &all) ? NULL : __wrap_realloc(block, all);
}

void __wrap_free(void *block)
{
    if (!is_ours(block)) {
        __real_free(block);
        return;
    }
    size_t at = (size_t)((unsigned char *)block - arena), i = at / PLACE;
    pthread_mutex_lock(&lock);
    FUZZ_HOLDS(at % PLACE == EDGE && places[i].busy);
    places[i].busy = false;
    ASAN_POISON_MEMORY_REGION(block, places[i].size < MARKED ? places[i].size : MARKED);
    pthread_mutex_unlock(&lock);
}
