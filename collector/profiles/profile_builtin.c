#include <string.h>

#include "base/lang.h"
#include "collector/profiles/profile.h"

struct profile_datum {
    const unsigned char *text;
    size_t len;
};

#include "collector/profiles/profile_data.h"

#define COUNT (sizeof profile_data / sizeof profile_data[0])

const void *profile_builtin(size_t i, size_t *len)
{
    if (i >= COUNT)
        return NULL;
    *len = profile_data[i].len;
    return profile_data[i].text;
}

int profile_named(const char *name, struct profile **out, struct hz_error *err)
{
    for (size_t i = 0; i < COUNT; i++) {
        struct profile *p;
        int rc = profile_parse(profile_data[i].text, profile_data[i].len, &p, err);
        if (rc != HZ_OK)
            return rc;
        if (strcmp(p->name, name) == 0) {
            *out = p;
            return HZ_OK;
        }
        profile_free(p);
    }
    return hz_error_set(err, HZ_E_NOTFOUND, _("there is no profile \"%s\"; --list shows those that there are"), name);
}
