/* Disclosures (formats/spec/disclosure.md): one file of a bundle with its proof. The reader of bundles reads them too;
 * here is what they have of their own. */
#ifndef HZ_FORMATS_READ_DISCLOSED_H
#define HZ_FORMATS_READ_DISCLOSED_H

#include "formats/read/bag.h"
#include "formats/read/catalog.h"
#include "formats/read/proof.h"

#define R_DISCLOSED_PROOF_MAX ((size_t)8 * 1024)

enum r_disclosed_part { R_DISCLOSED_TEXT, R_DISCLOSED_LINE, R_DISCLOSED_PROOF, R_DISCLOSED_PARTS };

/* "disclosure.txt" and so on. */
extern const char *const r_disclosed_names[R_DISCLOSED_PARTS];
/* What disclosure.txt holds. */
extern const char r_disclosed_text[];

/* What a disclosure says, each as far as it holds by itself. Points into the reader's memory. */
struct r_disclosed {
    const struct r_entry *entry;   /* the catalog line, when it is proven; else NULL */
    uint64_t index, count;         /* of the line, and of all lines; with the entry */
    const struct stamp *started;   /* NULL: not known */
    const struct r_bag_info *info; /* NULL: not known */
};

/* disclosure-proof.json, its LF included. HZ_OK, or HZ_E_FORMAT or HZ_E_LIMIT with *wrong (N_() text) and the place. */
int r_disclosed_read(const void *text, size_t len, struct r_proof *proof, uint64_t *index, const char **wrong,
                     size_t *at);
/* The same, written. HZ_OK or the buffer's failure. */
int r_disclosed_write(struct buf *out, const struct r_proof *proof, uint64_t index, struct hz_error *err);

#endif
