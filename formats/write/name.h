/* Names in a bundle: from raw host names to safe ones (formats/spec/bundle.md section 3), their order and their bounds.
 *
 * How a listing becomes sorted, mapped names: map each entry with w_name_component; among its regular files and
 * directories those with equal results (w_name_compare gives 0) are twins: the one with the least raw bytes
 * (w_name_raw_compare) keeps the name, w_name_twin is called for each other; sort by w_name_compare. A walk that goes
 * down into directories in this order meets the files of a source in the order that a bundle demands. */
#ifndef HZ_FORMATS_WRITE_NAME_H
#define HZ_FORMATS_WRITE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

#define W_NAME_COMPONENT_MAX 198 /* bytes of a mapped component, suffix included */
#define W_NAME_PATH_MAX 900      /* bytes of a payload path, from "data/" on */
#define W_NAME_ITEM_MAX 100
#define W_NAME_SOURCES_MAX 64
/* Raw bytes of an origin: longer ones would not fit a record's line in the worst case. Whoever walks deeper records the
 * directory above as absent (over-budget). */
#define W_NAME_ORIGIN_MAX 32768

/* Appends the mapping of one raw component: 1 or more bytes, no '/' and no NUL among them (HZ_E_FORMAT). Rules 1 to 3.
 */
int w_name_component(struct buf *out, const void *raw, size_t len, struct hz_error *err);
/* Appends the suffix of a case twin, "=@" and 16 hex digits, to a mapped component. Rule 4; raw as given above. */
int w_name_twin(struct buf *out, const void *raw, size_t len, struct hz_error *err);
/* Appends "data/<source>" and, each behind a '/', the mapped components of an absolute raw path, without twin suffixes.
 * HZ_E_FORMAT when the path is not absolute or has an empty, "." or ".." component. The result may be over
 * W_NAME_PATH_MAX: then w_name_long. */
int w_name_path(struct buf *out, const char *source, const void *raw, size_t len, struct hz_error *err);
/* Appends "data/long/<source>/<64 hex digits of SHA-256(raw path)>". */
int w_name_long(struct buf *out, const char *source, const void *raw, size_t len, struct hz_error *err);

/* <0, 0, >0: order of two mapped components or two mapped paths. 0 also for names that differ in case only. */
int w_name_compare(const char *a, size_t a_len, const char *b, size_t b_len);
/* <0, 0, >0: order of raw names as rule 4 compares them: bytes unsigned, a prefix is less. */
int w_name_raw_compare(const void *a, size_t a_len, const void *b, size_t b_len);
/* true when `folder` and a '/' begin `path`, case ignored: one of them would be a file and a directory at once. */
bool w_name_is_folder_of(const char *folder, size_t folder_len, const char *path, size_t path_len);

bool w_name_item_valid(const char *item);     /* External-Identifier: [A-Za-z0-9][A-Za-z0-9._-]{0,99}, no final dot */
bool w_name_source_valid(const char *source); /* [a-z][a-z0-9-]{0,31}; actions and methods follow it too */
/* true when the path follows the grammar of payload paths. */
bool w_name_payload_valid(const char *path, size_t len);

#endif
