/* What appeared, vanished or changed between two bundles. */
#ifndef HZ_VERIFY_DIFF_H
#define HZ_VERIFY_DIFF_H

#include "verify/diff_side.h"

#define DIFF_GROUP 64 /* rows of one name in one bundle that are compared */

enum diff_what {
    DIFF_APPEARED,
    DIFF_VANISHED,
    DIFF_CHANGED,
    DIFF_UNKNOWN, /* one has it, and the other collection tried to take it and could not */
    DIFF_WHATS
};
const char *diff_word(enum diff_what what); /* "appeared" */

/* Rows of one kind can be compared only where both bundles have a list of them. */
enum diff_state { DIFF_COMPARED, DIFF_NOT_IN_OLD, DIFF_NOT_IN_NEW, DIFF_IN_NEITHER, DIFF_UNREADABLE };

struct diff_kind {
    bool wanted;
    enum diff_state state;
    uint64_t counts[DIFF_WHATS];
    uint64_t only_old, only_new; /* files where the other collection did not look */
    bool cut;                    /* a list ends early, or has rows that were too long to compare */
};

struct diff {
    struct diff_side old_side, new_side;
    struct diff_kind kinds[FACT_KINDS];
};

struct diff_change {
    enum diff_what what;
    enum fact_kind kind;
    const unsigned char *name; /* of a file: host path, any bytes; of a fact: UTF-8 */
    size_t name_len;
    const struct sorted_row *old_row, *new_row; /* NULL: there is none */
    struct fact_row old_value, new_value;       /* their members */
};

/* Tells one change; what it returns other than HZ_OK ends the comparison. */
typedef int diff_tell(void *context, const struct diff_change *change, struct hz_error *err);

/* Compares two sides that were read; kinds[].wanted are set. First without tell: fills the rest of kinds. Then with it,
 * as often as wanted. */
int diff_run(struct diff *d, diff_tell *tell, void *context, struct hz_error *err);
/* One member of a change that differs; NULL: not there. */
typedef void diff_field(void *context, const struct r_span *key, const struct fact_member *old_member,
                        const struct fact_member *new_member);
/* Calls field for each of them in the order of their keys; field NULL: counts them. */
size_t diff_fields(const struct diff_change *change, diff_field *field, void *context);

#endif
