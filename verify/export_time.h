/* Time stamps of what an exported folder holds (formats/spec/timestamp.md): they lie in it or are brought along. */
#ifndef HZ_VERIFY_EXPORT_TIME_H
#define HZ_VERIFY_EXPORT_TIME_H

#include <stdio.h>

#include "base/json_out.h"
#include "formats/read/timestamp.h"
#include "verify/export_folder.h"

#define EXPORT_STAMPS 64
#define EXPORT_TIME_NAME 96 /* room for "checkpoint.<keyid>.sshsig.16.tsr" */

struct export_stamp {
    char *file;                    /* owned; as it is called in the folder or was named */
    char covers[EXPORT_TIME_NAME]; /* file of the folder; empty: none */
    struct r_timestamp token;
};

struct export_time {
    struct r_timestamp_roots *roots;
    struct export_stamp list[EXPORT_STAMPS];
    size_t count;
};

struct export_time_order { /* paths */
    const char *folder, *roots;
    const char *const *files;
    size_t count;
};

/* Reads and judges them, each token in a jailed child. HZ_E_LIMIT: more than EXPORT_STAMPS; else a failure to read what
 * the user named. Free it in any case. */
int export_time_load(struct export_time *t, const struct export_folder *f, const struct export_time_order *order,
                     struct hz_error *err);
void export_time_free(struct export_time *t);
/* The earliest proven time of the signature over the checkpoint by this key. false: there is none. */
bool export_time_earliest(const struct export_time *t, const char *keyid, struct stamp *out);

/* Member "timestamps" and its array; one paragraph for each. */
void export_time_json(struct json_out *j, const struct export_time *t);
void export_time_text(FILE *stream, const struct export_time *t);

#endif
