/* What lies beside the bundle in a copy of the archive (formats/spec/ledger.md section 12). */
#ifndef HZ_CUSTODY_ARCHIVE_FILL_H
#define HZ_CUSTODY_ARCHIVE_FILL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/actor.h"
#include "custody/append.h"
#include "custody/archive.h"
#include "custody/store.h"

struct archive_fill {
    struct store *store;
    const struct actor *actor; /* who signs the export */
    const char *item;
    const char *beside; /* the bundle beside which the signatures and time stamps lie that are taken along; NULL: they
                           are there */
    const struct buf *record; /* the evidence record that is taken along; NULL, empty: none */
    const char *file;         /* the bundle's name in the copy */
    bool bundle;              /* it is one: the texts that tell how to check it belong to it */
    unsigned parity;          /* percent; 0: none */
};

/* Fills the stage, in which the bundle itself lies. HZ_E_DENIED: no signed checkpoint covers the item yet. */
int archive_fill(const struct archive_stage *s, const struct archive_fill *what, struct hz_error *err);
/* The name of a file without its folders. */
const char *archive_fill_name(const char *path);
/* Something of this name is made beside the bundle, whatever that is called. */
bool archive_fill_makes(const char *name);

#endif
