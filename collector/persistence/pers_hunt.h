/* Going through the places where things are told to start by themselves: reads them, has them parsed, notes which files
 * to take. On a servant's thread, touching nothing but its own hunt. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_HUNT_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_HUNT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/away.h"
#include "collector/persistence/pers_rows.h"
#include "collector/persistence/pers_text.h"

#define PERS_FILE_MAX ((size_t)1 << 20) /* of one file that is parsed: what lies behind is not looked at */

#define PERS_FILE_ROWS_MAX ((size_t)10000) /* of one file */

struct pers_file;
/* Adds rows with pers_put, as many as the file has. */
typedef int pers_parse(struct pers_file *file, struct hz_error *err);

enum {
    PERS_LISTED = 1, /* looked at for the listing, not taken: programs that packages bring */
    PERS_BARE = 2,   /* what stands in it is not read for the listing */
    PERS_FILE = 4,   /* named by a file of the host: a folder there is passed over */
    PERS_INSIDE = 8  /* so named, too: of a folder there the files are looked at, and those taken that made a row */
};

struct pers_place {
    const char *path;  /* absolute, or below a home folder; fnmatch(3) in any component; a folder is gone through */
    const char *kind;  /* of its rows */
    pers_parse *parse; /* NULL: its files are taken, and that is all */
    const char *when, *user, *scope; /* of its rows, where the parser says nothing else */
    unsigned rank, flags;
    bool (*follows)(struct span name); /* links of these names to folders are gone through; NULL: none */
};

struct pers_hunt {
    int root;         /* descriptor of "/"; the caller's until pers_hunt_run, which works with a copy of its own */
    bool read;        /* false: nothing is read, only which files there are */
    atomic_bool wary; /* no answer came somewhere: keeps to the places, and away from what others serve */
    struct away away; /* owned; found by pers_hunt_run where it is wary */
    const char *home; /* owned; NULL: the places are the system's */
    const char *user; /* owned; whose home it is */
    struct pers_paths keys; /* where sshd looks for keys, below home or absolute; owned */
    struct pers_rows rows;
    struct pers_paths found; /* to be taken */
    void *visited;           /* of tsearch(3); owned: what was gone through, and as what */
    struct pers_absences absences;
    struct span folder; /* that is gone through, by the name that led there; none: as the path says */
    bool elsewhere;     /* a link led out of the place */
    unsigned follows;   /* files named by files, now */
    uint64_t exposed;   /* things read in a way that may move an access time */
    int rc;             /* how it ended: not HZ_OK only for a shortage of ours */
    struct hz_error error;
};

struct pers_file { /* what a parser gets */
    struct pers_hunt *hunt;
    const struct pers_place *place;
    struct span name;   /* last component of the path */
    struct span folder; /* name of the folder that it is in */
    struct span user;   /* of its rows, where the parser knows; none: the place's, or the home's */
    struct span text;   /* its beginning; empty where it is no regular file or cannot be read */
    bool executable, regular;
    size_t rows;         /* so far: beyond PERS_FILE_ROWS_MAX they are passed over */
    struct pers_row row; /* filled in but for what only the parser knows; cleared of that by pers_put */
};

/* root stays the caller's, and open until the hunt has run; texts are copied. */
int pers_hunt_new(struct pers_hunt **out, int root, const char *home, const char *user, struct hz_error *err);
void pers_hunt_free(struct pers_hunt *h); /* NULL is legal */
/* As a servant's work: the places of the system, or of the home. context: a struct pers_hunt. */
void pers_hunt_run(void *context);
/* Goes through one list of places; a `path` of NULL ends it. */
int pers_hunt_places(struct pers_hunt *h, const struct pers_place *places, struct hz_error *err);

/* Goes to what the file names, an absolute path or pattern: what is no such, or comes from a file too deep in files, is
 * passed over. */
int pers_follow(struct pers_file *file, const struct pers_place *place, struct span pattern, struct hz_error *err);

/* The row as it stands, with one value; then the values are empty again but for user and when of the place. */
int pers_put(struct pers_file *file, struct hz_error *err);
void pers_value(struct pers_file *file, enum pers_value which, struct span value);

#endif
