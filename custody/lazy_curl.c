/* libcurl's functions under their own names, each found when it is called: a few for each request. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdarg.h>

#include "custody/lazy.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo

#define FIND(name) ((__typeof__(&(name)))lazy_function(LAZY_CURL, #name))

CURLcode curl_global_init(long flags)
{
    return FIND(curl_global_init)(flags);
}

CURL *curl_easy_init(void)
{
    return FIND(curl_easy_init)();
}

/* Numbers and pointers: all that options take but curl_off_t, which is a number here as well. */
_Static_assert(sizeof(long) == sizeof(void *) && sizeof(curl_off_t) == sizeof(void *), "one size for every option");

CURLcode curl_easy_setopt(CURL *handle, CURLoption option, ...)
{
    va_list args;
    void *value;

    va_start(args, option);
    value = va_arg(args, void *);
    va_end(args);
    return FIND(curl_easy_setopt)(handle, option, value);
}

CURLcode curl_easy_getinfo(CURL *handle, CURLINFO info, ...)
{
    va_list args;
    void *out;

    va_start(args, info);
    out = va_arg(args, void *);
    va_end(args);
    return FIND(curl_easy_getinfo)(handle, info, out);
}

CURLcode curl_easy_perform(CURL *handle)
{
    return FIND(curl_easy_perform)(handle);
}

void curl_easy_cleanup(CURL *handle)
{
    if (handle != NULL)
        FIND(curl_easy_cleanup)(handle);
}

const char *curl_easy_strerror(CURLcode code)
{
    return FIND(curl_easy_strerror)(code);
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *line)
{
    return FIND(curl_slist_append)(list, line);
}

void curl_slist_free_all(struct curl_slist *list)
{
    if (list != NULL)
        FIND(curl_slist_free_all)(list);
}
