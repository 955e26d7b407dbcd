#include "formats/write/sources.h"

#include <string.h>

#include "base/lang.h"

static struct w_sources_row *find(struct w_sources *s, const char *source)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->row[i].name, source) == 0)
            return &s->row[i];
    }
    return NULL;
}

int w_sources_row(struct w_sources *s, const char *source, struct w_sources_row **row, struct hz_error *err)
{
    if (source == NULL || !w_name_source_valid(source))
        return hz_error_set(err, HZ_E_FORMAT, _("\"%s\" is not the name of a source"), source != NULL ? source : "");
    struct w_sources_row *found = find(s, source);
    if (found == NULL) {
        if (s->count == W_NAME_SOURCES_MAX)
            return hz_error_set(err, HZ_E_LIMIT, _("%s: a bundle holds at most %d sources"), source,
                                W_NAME_SOURCES_MAX);
        found = &s->row[s->count++];
        memcpy(found->name, source, strlen(source) + 1);
    }
    *row = found;
    return HZ_OK;
}

static int check_order(const struct w_sources *s, const char *path, size_t len, struct hz_error *err)
{
    if (w_name_compare(s->previous, s->previous_len, path, len) >= 0)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: comes after %.*s, but its name does not"), path,
                            (int)s->previous_len, s->previous);
    if (w_name_is_folder_of(s->previous, s->previous_len, path, len))
        return hz_error_set(err, HZ_E_FORMAT, _("%s: lies below %.*s, which is a file"), path, (int)s->previous_len,
                            s->previous);
    return HZ_OK;
}

int w_sources_next(struct w_sources *s, const char *source, const char *path, struct hz_error *err)
{
    struct w_sources_row *row = NULL;
    size_t len = strlen(path);
    int rc = w_sources_row(s, source, &row, err);
    if (rc != HZ_OK)
        return rc;
    size_t folder = strlen("data/") + strlen(source);
    if (!w_name_payload_valid(path, len) || strncmp(path + 5, source, folder - 5) != 0 || path[folder] != '/')
        return hz_error_set(err, HZ_E_FORMAT, _("%s: not a path of payload of the source %s"), path, source);
    if (row->run != 0 && row->run != s->runs)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: the source %s has ended already"), path, source);
    rc = row->run != 0 ? check_order(s, path, len, err) : HZ_OK;
    if (rc != HZ_OK)
        return rc;
    if (row->run == 0)
        row->run = ++s->runs;
    memcpy(s->previous, path, len);
    s->previous_len = len;
    return HZ_OK;
}

static void add_to(struct w_counts *sum, struct w_counts add)
{
    sum->collected += add.collected;
    sum->recorded += add.recorded;
    sum->absent += add.absent;
}

void w_sources_count(struct w_sources *s, struct w_sources_row *row, struct w_counts add)
{
    add_to(&row->counts, add);
    add_to(&s->whole, add);
}

static bool same(struct w_counts a, struct w_counts b)
{
    return a.collected == b.collected && a.recorded == b.recorded && a.absent == b.absent;
}

int w_sources_check(struct w_sources *s, const struct w_source_summary *said, size_t count, struct hz_error *err)
{
    bool listed[W_NAME_SOURCES_MAX] = { false };
    size_t run = 0;
    for (size_t i = 0; i < count; i++) {
        struct w_sources_row *row = NULL;
        int rc = w_sources_row(s, said[i].name, &row, err);
        if (rc != HZ_OK)
            return rc;
        if (listed[row - s->row] || (row->run != 0 && row->run <= run) || !same(row->counts, said[i].counts))
            return hz_error_set(err, HZ_E_FORMAT, _("source %s: the summary does not say what was counted"), row->name);
        listed[row - s->row] = true;
        run = row->run != 0 ? row->run : run;
    }
    for (size_t i = 0; i < s->count; i++) {
        if (listed[i] != (strcmp(s->row[i].name, "blind") != 0))
            return hz_error_set(err, HZ_E_FORMAT, _("source %s: the summary does not say what was counted"),
                                s->row[i].name);
    }
    return HZ_OK;
}
