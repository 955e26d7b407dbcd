/* A listing of a source while it is made: canonical JSON Lines, the same as readable text, and what is to be said about
 * it. It lives on the heap of whoever makes it, so that a servant's thread can, and is given to the bundle at the end.
 */
#ifndef HZ_COLLECTOR_SHEET_H
#define HZ_COLLECTOR_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"
#include "collector/products.h"
#include "collector/run.h"
#include "collector/sheet_pack.h"
#include "formats/write/record.h"

#define SHEET_BYTES ((size_t)24 << 20) /* of the rows of one listing; what is beyond is left out, status `limited` */
#define SHEET_PART ((size_t)1 << 20)   /* rows of so many bytes are packed */
#define SHEET_REMARKS_MAX 4096
#define SHEET_OBSERVED_MAX 200 /* of one code; how many more there are is one more observation */
#define SHEET_CODES_MAX 16

struct sheet_remark;
struct sheet_extra;

struct sheet {
    const char *name, *schema, *method; /* static: "modules" -> modules.jsonl, modules.txt; "hozen-modules/1" */
    struct buf json, text;              /* what was not packed yet; json always has the row at work, or the last one */
    struct sheet_packer packer;
    struct sheet_packed packed_json, packed_text;
    struct tree_node *wanted;     /* owned; host files; NULL: none */
    bool wary;                    /* made again, because no answer came: keeps away from what others serve */
    size_t row;                   /* where in json the row at work begins */
    bool limited;                 /* rows were left out */
    struct sheet_remark *remarks; /* owned, as is extras */
    size_t remark_count, remark_room;
    struct sheet_extra *extras;
    size_t extra_count, extra_room;
    struct {
        const char *code; /* static */
        uint64_t count;
    } observed[SHEET_CODES_MAX];
};

void sheet_init(struct sheet *s, const char *name, const char *schema, const char *method);
void sheet_free(struct sheet *s);

/* The first line of the JSON file: schema and salt. */
int sheet_first(struct sheet *s, struct hz_error *err);
/* A row: the members, in ascending order of their names, are written between the two. One that does not fit any more is
 * left out and the sheet is limited: HZ_OK. */
void sheet_row(struct sheet *s, struct json_out *j);
int sheet_row_end(struct sheet *s, struct json_out *j, struct hz_error *err);
/* Appends a cell of a line: inert bytes, padded with blanks to `width` columns and one more; width 0: the last one. */
void sheet_cell(struct buf *out, unsigned width, const void *bytes, size_t len);
void sheet_cell_text(struct buf *out, unsigned width, const char *text);  /* NULL: "-" */
void sheet_cell_number(struct buf *out, unsigned width, uint64_t number); /* to the right */

/* For observe() and take_absence(). subject and origin are raw and copied; detail and reason are text and copied.
 * origin.data NULL: no thing of the host. failure: makes the collection partial. */
int sheet_observe(struct sheet *s, const char *code, struct w_bytes subject, const char *detail, struct hz_error *err);
int sheet_absent(struct sheet *s, struct w_bytes origin, enum w_absent_status status, int sys_errno, const char *reason,
                 bool failure, struct hz_error *err);
/* A thing of the host that could not be read; why: as the failed call set it. One that is not there is `unavailable`
 * and no failure; our own shortage is returned. */
int sheet_missing(struct sheet *s, const char *path, const struct hz_error *why, struct hz_error *err);
/* The same for a file that is taken whole as well, and so has its absent row already: only our own shortage is told. */
int sheet_passed(const struct hz_error *why, struct hz_error *err);
/* And the listing is limited, unless there is no such file: its row may tell of another moment, and of no failure. */
int sheet_short(struct sheet *s, const struct hz_error *why, struct hz_error *err);
/* A folder that could not be listed; reason: what is lost by that, static text. One that is not there is no loss. */
int sheet_unlisted(struct sheet *s, const char *folder, const struct hz_error *why, const char *reason,
                   struct hz_error *err);
/* Another file of the same source; name: a payload name (w_name_payload_valid), copied; method static. */
int sheet_extra(struct sheet *s, const char *name, const char *method, const void *bytes, size_t len,
                struct hz_error *err);
/* A host file, or folder with all below it, that is to be taken whole with the source; path as plan_add takes it. */
int sheet_want(struct sheet *s, int root, const char *path, struct hz_error *err);

/* Main thread: everything becomes files of p and records of run, what is wanted is put into tree (NULL: nothing may be
 * wanted). */
int sheet_give(struct sheet *s, struct run *run, struct products *p, struct tree_node *tree, struct hz_error *err);

/* Asks in `to` for what is asked for in `from`. A path that would stand where a listing does becomes an absent row. */
int sheet_copy_tree(struct run *run, struct tree_node *to, const struct tree_node *from, struct hz_error *err);

/* A row of the table of a source's listings. make runs on a servant's thread; root is its own descriptor of run->root.
 * What it returns other than HZ_OK becomes an absent row for the listing; HZ_E_NOMEM ends the collection. */
struct sheet_maker {
    const char *name, *schema, *method;
    int (*make)(int root, struct sheet *out, struct hz_error *err);
    bool again; /* made once more, warily, where a file system did not answer */
};
/* Makes all of them, one after the other on a servant's thread, and gives them to p and tree. */
int sheet_make(struct run *run, struct products *p, struct tree_node *tree, const struct sheet_maker *makers,
               size_t count, struct hz_error *err);
/* makes of such a source (source.h). */
bool sheet_makes(const struct sheet_maker *makers, size_t count, size_t i, struct buf *out);
/* Asks for each of these host files; none of them is named. */
int sheet_plan(struct tree_node *tree, int root, const char *const *paths, size_t count, struct hz_error *err);
/* take of a source that is makers and host files; tree: its plan. */
int sheet_take(struct run *run, const struct tree_node *tree, const struct sheet_maker *makers, size_t count,
               struct hz_error *err);

#endif
