/* What the catalog and the records of objects share: where a thing stood on the host and what statx(2) said of it. */
#ifndef HZ_FORMATS_READ_STAT_H
#define HZ_FORMATS_READ_STAT_H

#include "formats/read/field.h"

/* The host path of a line. Both buffers are the owner's and reused from line to line. */
struct r_origin {
    bool known;
    struct buf text; /* UTF-8 */
    struct buf raw;  /* the bytes themselves */
};

void r_stat_origin_init(struct r_origin *o);
void r_stat_origin_free(struct r_origin *o);
/* From the keys KEY and KEY_b64. path: it must be an absolute path. false after r_json_fail. */
bool r_stat_origin_read(struct r_json *j, const struct r_value *text, const struct r_value *base64, bool path,
                        struct r_origin *out);

/* Where the values of R_STAT_FIELDS stand: nearly in the order of canonical JSON, so that the next key is found at
 * once. They come together or not at all; btime may be missing alone. *known: they are there. */
enum {
    R_STAT_ATIME,
    R_STAT_BTIME,
    R_STAT_CTIME,
    R_STAT_DEVICE,
    R_STAT_GID,
    R_STAT_INODE,
    R_STAT_LINKS,
    R_STAT_MODE_TEXT,
    R_STAT_MTIME,
    R_STAT_UID,
    R_STAT_KEYS
};
#define R_STAT_MODE 5 /* bytes of a mode as text, with its NUL */
bool r_stat_together(struct r_json *j, const struct r_value all[R_STAT_KEYS], bool *known);
/* clang-format off */
#define R_STAT_FIELDS                                                                                                  \
    { "atime", R_FIELD_STAMP, false, NULL, NULL },                                                                     \
    { "btime", R_FIELD_STAMP, false, NULL, NULL },                                                                     \
    { "ctime", R_FIELD_STAMP, false, NULL, NULL },                                                                     \
    { "device", R_FIELD_DEVICE, false, NULL, NULL },                                                                   \
    { "gid", R_FIELD_COUNT, false, NULL, NULL },                                                                       \
    { "inode", R_FIELD_DECIMAL, false, NULL, NULL },                                                                   \
    { "links", R_FIELD_COUNT, false, NULL, NULL },                                                                     \
    { "mode", R_FIELD_MODE, false, NULL, NULL },                                                                       \
    { "mtime", R_FIELD_STAMP, false, NULL, NULL },                                                                     \
    { "uid", R_FIELD_COUNT, false, NULL, NULL }
/* clang-format on */

/* What others need of them. Times are those of the host. */
struct r_stat {
    bool known;             /* the members below, but for btime, hold */
    char mode[R_STAT_MODE]; /* four octal digits and NUL */
    uint32_t uid, gid;
    struct stamp atime, mtime, ctime, btime;
    bool has_btime;
};
/* From the values that r_stat_together has found to be there, or not. */
void r_stat_take(struct r_stat *out, bool known, const struct r_value all[R_STAT_KEYS]);

/* Array of {name_b64,value_b64}, ascending by raw name, not empty. A `inside` reader. */
bool r_stat_xattrs(struct r_json *j, void *context);

#endif
