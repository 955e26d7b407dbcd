/* Lines of meta/objects.jsonl, meta/absent.jsonl and meta/actions.jsonl (formats/spec/bundle.md section 5). */
#ifndef HZ_FORMATS_READ_RECORDS_H
#define HZ_FORMATS_READ_RECORDS_H

#include "formats/read/stat.h"

#define R_RECORDS_LINE_MAX ((size_t)1024 * 1024)

enum r_records_kind { R_RECORD_OBJECT, R_RECORD_ABSENT, R_RECORD_ACTION };

#define R_RECORDS_TYPES "block-device character-device directory fifo socket symlink"
#define R_RECORDS_ABSENCES "vanished denied timeout over-budget excluded unavailable io-error"
#define R_RECORDS_ABSENCE_COUNT 7

#define R_RECORDS_UNLOCKED "unlocked-copy" /* method of what was copied without the locks of its database */

/* What others need of a line. Spans point into it; buffers are reused from line to line. */
struct r_record {
    enum r_records_kind kind;
    struct r_origin origin, target; /* target: of a symlink */
    struct r_span source;           /* len 0: none */
    struct r_span word;             /* type of an object, status of an absence, name of an action */
    struct r_span reason;           /* of an absence, as it stands in the line; of an action its detail, likewise */
    struct r_span touched;          /* of an action: its target, likewise */
    uint64_t absence;               /* which of R_RECORDS_ABSENCES */
    struct r_stat stat;
    unsigned extensions;
};

void r_records_init(struct r_record *r);
void r_records_free(struct r_record *r);
/* The first line of a file of this kind. HZ_OK, or HZ_E_FORMAT or HZ_E_LIMIT with *wrong and *at as r_catalog_line. */
int r_records_first(enum r_records_kind kind, const char *line, size_t len, const char **wrong, size_t *at);
/* Every other line; sets r->kind. */
int r_records_line(enum r_records_kind kind, const char *line, size_t len, struct r_record *r, const char **wrong,
                   size_t *at);

/* An action that copied a database without its locks. */
bool r_records_unlocked(const struct r_record *r);

#endif
