/* One file of a bundle, kept in a spool until it is known whether it may be believed. */
#ifndef HZ_VERIFY_SHOWN_H
#define HZ_VERIFY_SHOWN_H

#include <stdio.h>

#include "verify/named.h"

#define SHOWN_MAX 16 /* places where a host file can stand in one bundle and still be told apart */

struct shown_file {
    char path[R_NAME_PATH_MAX + 1];
    uint64_t at, size;           /* in the spool */
    uint64_t real_size;          /* what was read of it on the host */
    bool cut, limited, unlocked; /* limited or shrunk; the former; a copy without a lock */
    bool listed;                 /* the members below hold; and it is a file that was asked for */
    size_t name;                 /* by which of its names */
    unsigned char sha256[R_SHA256_SIZE];
    struct r_stat stat;
    char status[16];
};

/* What has a name that was asked for and is no file. */
struct shown_other {
    bool there, absent; /* absent: not taken */
    char word[32];      /* why, or what it is; words of the format */
    struct buf more;    /* where a link leads; reason of an absence */
};

struct shown {
    struct named wanted;
    int spool; /* owned; -1 until needed */
    uint64_t end;
    struct shown_file list[SHOWN_MAX];
    size_t count;
    bool open, too_many;
    struct shown_other other[NAMED_MAX];
    struct buf origin; /* host path of a file that is not whole, as text */
    size_t origin_of;  /* by which of the names */
    struct buf why;    /* of that one; empty: not told */
};

/* HZ_E_USAGE: not a name that can be asked for. */
int shown_begin(struct shown *s, const char *wanted, struct hz_error *err);
void shown_free(struct shown *s);
struct reader_listener shown_listener(struct shown *s);
/* After the bundle was read: the one file. HZ_E_NOTFOUND says what is there instead; HZ_E_UNSUPPORTED: several that
 * differ. */
int shown_choose(const struct shown *s, const struct shown_file **out, struct hz_error *err);
/* Copies its bytes as they are. Failures of the stream stick to it. */
int shown_raw(FILE *stream, const struct shown *s, const struct shown_file *f, struct hz_error *err);
/* The same as text that acts on no terminal: newlines and tabs stay, all else is as escape_terminal (base/escape.h)
 * says. */
int shown_inert(FILE *stream, const struct shown *s, const struct shown_file *f, struct hz_error *err);

#endif
