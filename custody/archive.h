/* The archive: where copies lie that nobody shall change (formats/spec/ledger.md section 12). A target is reached
 * through one small table of functions, whatever it is made of. */
#ifndef HZ_CUSTODY_ARCHIVE_H
#define HZ_CUSTODY_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io_tree.h"
#include "base/stamp.h"
#include "formats/write/digest.h"
#include "formats/write/ledger_member.h"

#define ARCHIVE_MARK "hozen-archive.json"
#define ARCHIVE_VOLUME 33 /* 32 hex digits and a NUL */
#define ARCHIVE_VERSION 256
#define ARCHIVE_CHUNK ((size_t)1 << 20)

struct archive_kind;

struct archive_target {
    const struct archive_kind *kind; /* NULL: not open */
    char *url;                       /* owned: as copies record it */
    char volume[ARCHIVE_VOLUME];
    char mark[ARCHIVE_VERSION]; /* of an object store: the version of the mark that says so */
    int folder;                 /* owned; of a folder */
    struct s3 *store;           /* owned; of an object store */
};
#define ARCHIVE_TARGET_INIT                                                                                            \
    {                                                                                                                  \
        .folder = -1                                                                                                   \
    }

/* A file beside the bundle of a copy; file: its path in that. */
struct archive_sidecar {
    const char *file, *sha256;
    char version[ARCHIVE_VERSION]; /* of a store, once it is there */
};

/* What keeps a copy from being changed, as it is recorded. */
struct archive_seal {
    /* what is asked of a store; folders need none */
    bool legal_hold;
    struct stamp retain_until; /* 0: not asked for */

    struct archive_sidecar *beside; /* the caller's; what must lie there, too, and is read back */
    size_t beside_count;

    /* what was done */
    const char *read_back; /* "direct", "dropped", "cached", "store" */
    bool read_only, immutable, verity;
    char verity_digest[W_DIGEST_HEX], version[ARCHIVE_VERSION]; /* empty: none */
};

/* A copy on its way into a target. */
struct archive_stage {
    struct io_tree tree;
    char *path;                    /* owned: a folder on this machine, for what lies beside the bundle */
    bool elsewhere;                /* the bundle itself is not in that folder */
    bool replace;                  /* it takes the place of what has its name */
    uint64_t most;                 /* bytes of the bundle that are taken; 0: all there are */
    char version[ARCHIVE_VERSION]; /* of the bundle, in a store */
};
#define ARCHIVE_STAGE_INIT                                                                                             \
    {                                                                                                                  \
        .tree = IO_TREE_INIT                                                                                           \
    }

struct archive_found {
    uint64_t size;
    bool read_only, immutable, verity; /* in a folder: the first two it and its folder */
    bool hold;                         /* in a store */
    struct stamp until;                /* in a store, in mode COMPLIANCE; 0: not kept */
};

/* Gets the bytes of a file from its beginning to its end. */
struct archive_sink {
    int (*put)(void *context, const void *bytes, size_t len, struct hz_error *err);
    void *context;
};

struct archive_kind {
    /* The target behind t->url, its mark read. HZ_E_NOTFOUND: no such folder, or no mark. make: a mark is made where
     * there is none. t->volume: the one that is looked for in a store, or empty. */
    int (*open)(struct archive_target *t, bool make, struct hz_error *err);
    /* Begins the copy called NAME, or goes on with what an earlier run left of it. HZ_E_EXISTS: it is there. */
    int (*begin)(struct archive_target *t, const char *name, bool replace, struct archive_stage *out,
                 struct hz_error *err);
    /* The bundle itself, from fd, as FILE of the copy. */
    int (*carry)(struct archive_target *t, struct archive_stage *s, int fd, const char *file, struct hz_error *err);
    /* The same from what lies in the copy of that name: FILE as it is, and then mended with the recovery data beside
     * it. HZ_E_INVALID: the damage is too great; HZ_E_NOTFOUND: FILE is gone, or par2 is not there. */
    int (*mend)(struct archive_target *t, struct archive_stage *s, const char *name, const char *file,
                struct hz_error *err);
    /* Brings everything onto the medium, reads FILE and what is beside it back, compares with the digests
     * (HZ_E_INVALID), seals, gives the copy its name. A store's other files are compared with what was sent. out: what
     * is asked for, and then what was done, too. */
    int (*commit)(struct archive_target *t, struct archive_stage *s, const char *file, const char *sha256,
                  struct archive_seal *out, struct hz_error *err);
    /* Reads FILE of a copy that is recorded and what is beside it back, compares, seals it again. A store cannot. */
    int (*seal)(struct archive_target *t, const char *name, const char *file, const char *sha256,
                struct archive_seal *out, struct hz_error *err);
    /* Leaves what there is for the next run; the stage is emptied. Legal on an emptied one. */
    void (*leave)(struct archive_stage *s);
    void (*drop)(struct archive_stage *s); /* the same, but nothing is left behind */
    /* HZ_E_NOTFOUND: there is no such file. path: below the target; version: of a store, NULL elsewhere. */
    int (*look)(struct archive_target *t, const char *path, const char *version, struct archive_found *out,
                struct hz_error *err);
    int (*read)(struct archive_target *t, const char *path, const char *version, const struct archive_sink *sink,
                const char **read_back, struct hz_error *err);
    /* Each name at the top of the target, but its mark and what a file system has there itself: any bytes. */
    int (*list)(struct archive_target *t, int (*each)(void *context, const char *name, struct hz_error *err),
                void *context, struct hz_error *err);
};

extern const struct archive_kind archive_folder, archive_store;

/* where: a folder or s3://BUCKET[/PREFIX], as people type it, or as a copy records it. */
int archive_open(struct archive_target *t, const char *where, bool make, struct hz_error *err);
/* The same of the volume that is looked for: a store may have it under another mark, or a deletion marker. A target of
 * another volume is opened all the same. */
int archive_open_volume(struct archive_target *t, const char *where, const char *volume, struct hz_error *err);
void archive_close(struct archive_target *t); /* legal on ARCHIVE_TARGET_INIT */
/* HZ_E_USAGE: "-", which elsewhere stands for a stream. */
int archive_is_place(const char *where, struct hz_error *err);
/* The same path every time: absolute, without slashes at its end. malloc'd. */
int archive_url(const char *where, char **out, struct hz_error *err);
/* "<item>.<copy>" */
int archive_name(const char *item, const char *copy, struct buf *out, struct hz_error *err);

/* Why a file cannot be read lies in what is there, or in the medium under it. Everything else passes: a permission, a
 * store that is busy, a network. */
bool archive_is_damage(const struct hz_error *why);
/* Of that: there is no such file, a link, a pipe or a folder has its name. */
bool archive_is_other(const struct hz_error *why);

/* HZ_E_INVALID, said of a file below the target. */
int archive_not_back(const char *path, struct hz_error *err);

/* The bytes of a file from a place on and before another one, to the same place of another file; brought onto the
 * medium. */
int archive_pour(int from, int to, uint64_t at, uint64_t end, struct hz_error *err);

/* What is to be poured behind what an unfinished file has of the source already, at most so many bytes (0: all); the
 * rest of it is cut off. */
int archive_resume(int from, int to, uint64_t most, uint64_t *at, struct hz_error *err);

/* SHA-256 of a file of the target. also: gets the bytes too; NULL: nobody does. */
int archive_digest(struct archive_target *t, const char *path, const char *version, const struct archive_sink *also,
                   char out[W_DIGEST_HEX], const char **read_back, struct hz_error *err);
/* The same of one that had so many bytes; 0: that is not known. HZ_E_LIMIT: it has more, which were not read. */
int archive_digest_of(struct archive_target *t, const char *path, const char *version, uint64_t size,
                      const struct archive_sink *also, char out[W_DIGEST_HEX], const char **read_back,
                      struct hz_error *err);

#endif
