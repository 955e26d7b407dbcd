/* Files that a source makes itself, in any order and several at a time: kept until all are known, since a bundle wants
 * sizes first and paths in order; then written, merged with the host's own files of the same source. Main thread. */
#ifndef HZ_COLLECTOR_PRODUCTS_H
#define HZ_COLLECTOR_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/run.h"
#include "collector/tree.h"

#define PRODUCTS_KEPT ((size_t)8 << 20)   /* of the room there is, or half of it, for what is not bulk */
#define PRODUCTS_BLOCK ((size_t)64 << 10) /* of one file, before it goes into the spool */

struct products;
struct product;

int products_open(struct products **out, struct run *run, struct hz_error *err);
void products_free(struct products *p); /* NULL is legal */

/* A new file. name: its path below the source's folder, as it stands in the bundle (w_name_payload_valid), unique.
 * method: "procfs", "netlink", "generated", ...; static text. *out belongs to p. */
int products_add(struct products *p, const char *name, const char *method, struct product **out, struct hz_error *err);
/* Appends. Where there is no room for more the file is cut here, and an absent row will say so: no failure. */
int product_put(struct product *f, const void *bytes, size_t len, struct hz_error *err);
/* Before the first byte: what it will hold is a host's bytes and may be much. These leave
 * room, in memory or where the bundle is written, for the listings, which say what there was. */
void product_bulk(struct product *f);
/* Bytes that are kept so far, and whether it was cut. */
uint64_t product_size(const struct product *f);
bool product_is_cut(const struct product *f);
/* What is there is not all of it: its status will be `limited`. */
void product_limited(struct product *f);

/* Once, on the main thread: everything into the bundle, in order. tree: host files (plan_add) of the source, or NULL;
 * none of them may lie below, or be, a name that was added. */
int products_write(struct products *p, const struct tree_node *tree, struct hz_error *err);

#endif
