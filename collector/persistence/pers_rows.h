/* What starts by itself, as rows, and which files of the host say so: filled on a servant's thread, moved to the main
 * thread afterwards. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_ROWS_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "collector/persistence/pers_text.h"
#include "collector/walk.h"

#define PERS_ROWS_MAX ((size_t)40000) /* of one home, or of the system */
#define PERS_BYTES_MAX ((size_t)10 << 20)
#define PERS_ALL_ROWS_MAX ((size_t)60000)
#define PERS_ALL_BYTES_MAX ((size_t)16 << 20)
#define PERS_VALUE_MAX ((size_t)16 << 10) /* of one value: the rest is cut off */

enum pers_value {               /* texts of a row; the order of autostart.jsonl */
                  PERS_COMMAND, /* what is run, as it is written there */
                  PERS_DIRECTIVE,
                  PERS_ENABLED,
                  PERS_ENABLED_BY, /* paths, a NUL between two */
                  PERS_FINGERPRINT,
                  PERS_NAME,
                  PERS_OPTIONS,
                  PERS_OVERRIDES,
                  PERS_PACKAGE,
                  PERS_PROGRAM,
                  PERS_TARGET, /* what the file, a link, leads to */
                  PERS_TEXT,   /* a line that was not understood, or has no parts */
                  PERS_USER,
                  PERS_WHEN,
                  PERS_VALUES
};

struct pers_row {
    const char *kind;   /* static */
    const char *scope;  /* static: "system", "user" (systemd's managers); NULL */
    struct span origin; /* raw absolute path */
    unsigned line;      /* 0: the whole file */
    struct span value[PERS_VALUES];
    bool has_stat;
    struct stamp mtime;
    uint32_t uid;
    unsigned mode;         /* permission bits */
    unsigned rank;         /* of the folder among those where a unit is looked for: the lowest wins; 0: no unit */
    bool at_home;          /* a unit of one user only */
    bool is_link;          /* says only that origin leads to target: not listed */
    bool unowned;          /* no package has it; else PERS_PACKAGE says which, or it is not known */
    bool cut;              /* says only that the file was not looked at to its end */
    bool altered;          /* not what its package delivered */
    bool program_missing;  /* PERS_PROGRAM is not there */
    bool program_takeable; /* a regular file of at most PERS_TAKEN_MAX */
    bool program_unowned, program_altered;
    void *bytes;              /* owned: what the spans lie in */
    void *added[PERS_VALUES]; /* owned: values that pers_rows_set gave */
};

struct pers_rows { /* zeroed: empty, legal to free */
    struct pers_row *list;
    size_t count, room, bytes;
    bool full; /* there is more than is kept */
};

void pers_rows_free(struct pers_rows *r);
/* A copy of row with all that its spans show; values longer than PERS_VALUE_MAX are cut. Beyond the bounds nothing is
 * kept and r->full is set. */
int pers_rows_add(struct pers_rows *r, const struct pers_row *row, struct hz_error *err);
/* Replaces a value of a row that stands in a list. */
int pers_rows_set(struct pers_row *row, enum pers_value which, struct span value, struct hz_error *err);
/* Moves rows of from behind those of r, as long as these are within PERS_ALL_*_MAX; else r->full. */
int pers_rows_move(struct pers_rows *r, struct pers_rows *from, struct hz_error *err);
/* By origin, line, kind, directive, command. */
void pers_rows_sort(struct pers_rows *r);

/* Paths, each once after pers_paths_sort. */
struct pers_paths {    /* zeroed: empty, legal to free */
    struct span *list; /* each owned */
    size_t count, room;
};
#define PERS_PATHS_MAX ((size_t)200000)

void pers_paths_free(struct pers_paths *p);
/* Beyond PERS_PATHS_MAX nothing is added. */
int pers_paths_add(struct pers_paths *p, struct span path, struct hz_error *err);
void pers_paths_sort(struct pers_paths *p);
/* Index in a sorted list; SIZE_MAX: not there. */
size_t pers_paths_find(const struct pers_paths *p, struct span path);

/* What could not be looked at, for take_absence. */
struct pers_absence {
    struct span origin; /* owned */
    enum w_absent_status status;
    int sys_errno;
    const char *reason; /* static */
};
struct pers_absences { /* zeroed: empty, legal to free */
    struct pers_absence *list;
    size_t count, room;
    bool more; /* there are more than are kept */
};
void pers_absences_free(struct pers_absences *a);
/* sys_errno EFBIG: left out for its size. Our own shortage is no absence but an error; the
 * same again adds nothing. */
int pers_absences_add(struct pers_absences *a, struct span origin, int sys_errno, struct hz_error *err);
/* The same of what failed; what is not there is no absence. */
int pers_absences_failed(struct pers_absences *a, struct span origin, const struct hz_error *why, struct hz_error *err);
/* All of `from` behind what is there. */
int pers_absences_move(struct pers_absences *to, const struct pers_absences *from, struct hz_error *err);
#define PERS_TAKEN_MAX ((uint64_t)64 << 20) /* larger files are not taken from here */

#endif
