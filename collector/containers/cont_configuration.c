/* configuration.jsonl, configuration.txt: the files of container runtimes that are taken, and when they changed. */
#include <string.h>

#include "base/io_open.h"
#include "collector/absence.h"
#include "collector/containers/cont_files.h"
#include "collector/containers/cont_listings.h"
#include "collector/entries.h"
#include "collector/look.h"
#include "collector/profiles/profile_glob.h"
#include "formats/write/fields.h"

struct search {
    struct entries paths;
    struct sheet *out;
};

static int add_path(void *context, const char *path, struct hz_error *err)
{
    struct search *s = context;
    return entries_add(&s->paths, path, 0, err);
}

/* Where it stays so the plan has a row of it: here one of many patterns comes to the same folder. */
static int refuse(void *context, const char *path, int sys_errno, struct hz_error *err)
{
    const struct search *s = context;
    (void)path;
    (void)sys_errno;
    (void)err;
    s->out->limited = true;
    return HZ_OK;
}

static struct stamp time_of(struct statx_timestamp t)
{
    return (struct stamp) { .seconds = t.tv_sec, .nanoseconds = t.tv_nsec };
}

static int put_file(int root, struct sheet *s, const char *runtime, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    struct hz_error why;
    struct json_out j;
    char at[STAMP_SIZE];
    if (look_path(root, path, strlen(path), &fd, &why) != HZ_OK || io_statx_known(fd, &st, &why) != HZ_OK)
        return absence_status(why.sys_errno) == W_VANISHED ? HZ_OK : sheet_missing(s, path, &why, err);
    sheet_row(s, &j);
    w_fields_time(&j, "ctime", time_of(st.stx_ctime));
    w_fields_time(&j, "mtime", time_of(st.stx_mtime));
    w_fields_bytes(&j, "path", "path_b64", (struct w_bytes) { path, strlen(path) });
    json_member_string(&j, "runtime", runtime);
    json_member_decimal(&j, "size", st.stx_size);
    stamp_format(at, time_of(st.stx_mtime));
    sheet_cell_text(&s->text, 10, runtime);
    sheet_cell_number(&s->text, 10, st.stx_size);
    sheet_cell(&s->text, 19, at, strcspn(at, ".") < 19 ? strcspn(at, ".") : 19);
    sheet_cell(&s->text, 0, path, strlen(path));
    buf_putc(&s->text, '\n');
    return sheet_row_end(s, &j, err);
}

int cont_configuration_make(int root, struct sheet *out, struct hz_error *err)
{
    HZ_CLEANUP(away_free) struct away away = { 0 };
    int rc = out->wary ? away_find(root, &away, err) : HZ_OK;
    buf_puts(&out->text, "Runtime          Size Changed             File\n");
    for (size_t i = 0; rc == HZ_OK && i < cont_file_count; i++) {
        struct search search = { .paths.limit = PROFILE_GLOB_MAX, .out = out };
        struct entries *paths = &search.paths;
        const struct profile_glob_sink sink = { .context = &search, .found = add_path, .refused = refuse };
        rc = profile_glob(root, cont_files[i].pattern, &away, &sink, &out->limited, err);
        entries_sort(paths);
        for (size_t k = 0; rc == HZ_OK && k < paths->count; k++)
            rc = put_file(root, out, cont_files[i].runtime, paths->list[k], err);
        entries_free(paths);
    }
    return rc;
}
