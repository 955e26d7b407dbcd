#include "custody/archive_store_mark.h"

#include <string.h>

#include "custody/archive_mark.h"
#include "custody/s3.h"

#define MARK_MAX 4096

static int add_text(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct buf *out = context;

    buf_put(out, bytes, len);
    return buf_check(out, err);
}

/* Other bytes than a mark's, which anybody may have put there; the store itself did answer. */
static bool is_none(int rc)
{
    return rc == HZ_E_FORMAT || rc == HZ_E_LIMIT || rc == HZ_E_NOTFOUND;
}

/* Of one version; t is unchanged where that is no mark. */
static int take(struct archive_target *t, const char *version, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MARK_MAX);
    char volume[ARCHIVE_VOLUME];
    int rc = s3_read(t->store, ARCHIVE_MARK, version, &(struct s3_sink) { add_text, &text }, err);

    if (rc == HZ_OK)
        rc = archive_mark_parse(&text, volume, err);
    if (rc != HZ_OK)
        return rc;
    memcpy(t->volume, volume, sizeof t->volume);
    memcpy(t->mark, version, strlen(version) + 1);
    return HZ_OK;
}

static int make_mark(struct archive_target *t, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MARK_MAX);
    char version[ARCHIVE_VERSION];
    int rc = archive_mark_build(&text, err);

    if (rc == HZ_OK)
        rc = s3_put(t->store, ARCHIVE_MARK, text.data, text.len, version, err);
    return rc == HZ_OK ? take(t, version, err) : rc; /* what the store says of what was put just now */
}

struct search {
    struct archive_target *t;
    const char *wanted;
    bool found; /* a mark */
};

static int each(void *context, const struct s3_found *found, bool *stop, struct hz_error *err)
{
    struct search *s = context;
    struct archive_target one = *s->t;
    struct hz_error why = { 0 };
    int rc = found->size <= MARK_MAX ? take(&one, found->version, &why) : HZ_E_LIMIT;

    if (rc != HZ_OK && !is_none(rc)) {
        *err = why;
        return rc;
    }
    *stop = rc == HZ_OK && (s->wanted[0] == '\0' || strcmp(one.volume, s->wanted) == 0);
    if (rc == HZ_OK && (*stop || !s->found))
        *s->t = one;
    s->found = s->found || rc == HZ_OK;
    return HZ_OK;
}

int archive_store_mark(struct archive_target *t, bool make, struct hz_error *err)
{
    char wanted[ARCHIVE_VOLUME];
    struct search search = { .t = t, .wanted = wanted };
    struct s3_found newest;
    struct hz_error why = { 0 };
    int rc = s3_look(t->store, ARCHIVE_MARK, NULL, &newest, &why), searched;

    memcpy(wanted, t->volume, sizeof wanted);
    if (rc == HZ_OK)
        rc = take(t, newest.version, &why);
    if ((rc == HZ_OK && (wanted[0] == '\0' || strcmp(t->volume, wanted) == 0)) || (rc != HZ_OK && !is_none(rc))) {
        *err = why;
        return rc;
    }
    searched = s3_versions(t->store, ARCHIVE_MARK, each, &search, err);
    if (searched != HZ_OK || search.found)
        return searched;
    if (rc == HZ_E_NOTFOUND && make)
        return make_mark(t, err);
    *err = why;
    return rc;
}
