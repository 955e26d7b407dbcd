/* Folders that a collection did not take, while names are gone through in ascending order of their bytes. */
#ifndef HZ_VERIFY_DIFF_COVER_H
#define HZ_VERIFY_DIFF_COVER_H

#include <stdbool.h>
#include <stddef.h>

#define DIFF_COVER_MAX 64 /* of which a later name may still be below */

struct diff_cover { /* zeroed: none */
    struct {
        unsigned char *name; /* owned */
        size_t len;
    } list[DIFF_COVER_MAX];
    size_t count;
    bool full; /* one found no room, or no memory */
};

void diff_cover_free(struct diff_cover *c);
/* name: not before any that was given to the two of these. */
void diff_cover_add(struct diff_cover *c, const unsigned char *name, size_t len);
/* Is it below one of them? */
bool diff_cover_has(struct diff_cover *c, const unsigned char *name, size_t len);

#endif
