/* Reading one table of an SQLite database file, row by row: https://www.sqlite.org/fileformat2.html, sections 1 and 2.
 * Nothing is opened by SQLite, nothing written; the file may hold anything: every offset is checked, no page is visited
 * more often than there are pages. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_SQLITE_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_SQLITE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define PKG_SQLITE_ROW_MAX ((size_t)64 << 20) /* larger rows are passed over */

/* The last column of a row, where it is a blob or text; it holds until the function returns. Not HZ_OK ends it. */
typedef int pkg_sqlite_each(void *context, const unsigned char *value, size_t len, struct hz_error *err);
/* fd: the database, open for reading, which no log belongs to. HZ_E_FORMAT: it is none, has no such table, or is
 * damaged; rows before that were given. */
int pkg_sqlite_rows(int fd, const char *table, pkg_sqlite_each *each, void *context, struct hz_error *err);

#endif
