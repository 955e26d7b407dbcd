/* Preloaded: the allocation number FAIL_AT, counted from 0, gives no memory. Says at the end when none came that far.
 * FAIL_PARENT: what is forked has memory. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static atomic_long left = -1; /* several threads allocate */
static atomic_bool reached = true;

static void in_child(void)
{
    reached = true;
}

__attribute__((constructor)) static void start(void)
{
    const char *digits = getenv("FAIL_AT");
    if (digits == NULL || (getenv("FAIL_PARENT") != NULL && pthread_atfork(NULL, NULL, in_child) != 0))
        return;
    reached = false;
    long number = 0;
    for (; *digits != '\0'; digits++)
        number = number * 10 + (*digits - '0');
    left = number;
}

__attribute__((destructor)) static void stop(void)
{
    static const char text[] = "not reached\n";
    if (!reached && write(2, text, sizeof text - 1) < 0)
        abort();
}

static bool fails(void)
{
    if (reached || atomic_load(&left) < 0 || atomic_fetch_sub(&left, 1) != 0)
        return false;
    reached = true;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t size)
{
    return fails() ? NULL : __libc_realloc(p, size);
}
