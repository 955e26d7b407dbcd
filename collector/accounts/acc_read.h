/* Small files of a host in which accounts are kept: read, cut into lines and fields. */
#ifndef HZ_COLLECTOR_ACCOUNTS_ACC_READ_H
#define HZ_COLLECTOR_ACCOUNTS_ACC_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/record.h"

#define ACC_FILE_MAX ((size_t)16 << 20)

/* Appends the file, at most out->limit bytes of it; *more: there was more. st may be NULL. Errors as look_open. */
int acc_read(int root, const char *path, struct buf *out, bool *more, struct statx *st, struct hz_error *err);

/* Lines of a text in memory, one after the other. */
struct acc_lines {
    const char *at, *end;
    size_t number; /* of the line given last, from 1 */
};
struct acc_lines acc_lines_of(const struct buf *text);
/* false: there is no more. The line has no newline. */
bool acc_line(struct acc_lines *l, struct w_bytes *out);
/* Cuts at `separator` into at most `max` fields; the last has what is left. Gives how many there are. */
size_t acc_fields(struct w_bytes line, char separator, struct w_bytes *out, size_t max);
/* A field that is a plain decimal number up to max. */
bool acc_number(struct w_bytes field, uint64_t max, uint64_t *out);
/* Without the blanks before it, isspace(3). */
struct w_bytes acc_trim(struct w_bytes field);
/* A uid or gid as strtoul(3), and so glibc, takes it: blanks, a sign and zeros may stand before it. */
bool acc_id(struct w_bytes field, uint32_t *out);
bool acc_is(struct w_bytes field, const char *text);

#endif
