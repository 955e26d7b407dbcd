/* A preloaded pthread_create for which there is no room: of its calls, NO_THREAD_FROM (counted from 1) and the
 * NO_THREAD_COUNT - 1 behind it fail with EAGAIN. NO_THREAD_LOG: a file that gets a letter for each of these,
 * NO_THREAD_CALLS: one that gets a letter for each call. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static long number(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? 0 : atol(text);
}

static void note(const char *file)
{
    const char *path = getenv(file);
    int log = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (log >= 0 && write(log, "x", 1) == 1)
        close(log);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*work)(void *), void *context)
{
    static atomic_long calls;
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
    long call = atomic_fetch_add(&calls, 1) + 1, from = number("NO_THREAD_FROM");
    note("NO_THREAD_CALLS");
    if (call < from || call >= from + number("NO_THREAD_COUNT"))
        return real(thread, how, work, context);
    note("NO_THREAD_LOG");
    return EAGAIN;
}
