/* Members that several records have in common (formats/spec/bundle.md sections 3 to 5), written in the order that
 * canonical JSON asks for. Unknown values write nothing. Failures stick in the json_out, as in base/json_out.h. */
#ifndef HZ_FORMATS_WRITE_FIELDS_H
#define HZ_FORMATS_WRITE_FIELDS_H

#include "base/error.h"
#include "base/json_out.h"
#include "formats/write/random.h"
#include "formats/write/record.h"

/* A value: the bytes as text, U+FFFD for what is not UTF-8. */
void w_fields_text(struct json_out *j, struct w_bytes raw);
/* A member like it; text NULL: nothing. */
void w_fields_member_text(struct json_out *j, const char *key, const char *text);
/* `key` and, when the bytes are not UTF-8, `key_b64`: "origin" or "target". */
void w_fields_bytes(struct json_out *j, const char *key, const char *key_b64, struct w_bytes raw);
void w_fields_time(struct json_out *j, const char *key, struct stamp at);
void w_fields_device(struct json_out *j, const char *key, uint32_t major, uint32_t minor); /* "8:1" */
void w_fields_mode(struct json_out *j, mode_t mode);                                       /* "mode": "0644" */
/* CLOCK_BOOTTIME: "seconds.nanoseconds", nine digits behind the dot. */
void w_fields_boottime(struct json_out *j, const char *key, struct stamp at);
/* asked, which is their sum, with the others: an object under "counts". */
void w_fields_counts(struct json_out *j, struct w_counts counts);

/* acquired_at atime btime ctime device gid inode links [method] mode mtime */
void w_fields_stat_head(struct json_out *j, const struct w_stat *stat, struct stamp acquired_at, const char *method);
/* uid xattrs xattrs_incomplete; HZ_E_NOMEM */
int w_fields_stat_tail(struct json_out *j, const struct w_stat *stat, struct hz_error *err);
/* "salt": 16 fresh random bytes. HZ_E_CRYPTO */
int w_fields_salt(struct json_out *j, struct hz_error *err);
/* The same from a pool (NULL: none), where there are many lines. */
int w_fields_salt_from(struct json_out *j, struct w_random *random, struct hz_error *err);
/* Ends the object and its line with LF. rc: what went wrong before, returned as it is. */
int w_fields_end(struct json_out *j, int rc, struct hz_error *err);

#endif
