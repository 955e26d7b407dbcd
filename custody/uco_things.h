/* The nodes that custody is about: persons, organisations, tools, places, the item and its copies. Each is written when
 * it is first named; what is given as NULL is nothing. */
#ifndef HZ_CUSTODY_UCO_THINGS_H
#define HZ_CUSTODY_UCO_THINGS_H

#include "custody/uco_graph.h"

/* Persons are told apart by their keys, and by name where they have none. */
const char *uco_person_key(const struct r_person *p);
void uco_person(struct uco *g, const struct r_person *p);
void uco_named_person(struct uco *g, const char *name); /* its key is the name */
void uco_place(struct uco *g, const char *name);
void uco_permission(struct uco *g, const char *text);
/* A tool by its name and version, with the digest of its program. */
void uco_tool(struct uco *g, const char *words, const char *sha256);
/* A file by its digests: a copy of the item, a photograph. derived: it comes from the item. */
struct uco_file {
    const char *kind, *key, *type, *name, *sha256;
    bool derived;
};
void uco_file(struct uco *g, const struct uco_file *file);
/* The item itself ("item", its name), and what it was taken from ("source", its name), as the intake says. */
void uco_item(struct uco *g, const struct report_entry *intake);
/* true when uco_item wrote a node for what it was taken from. */
bool uco_has_source(const struct report_entry *intake);

#endif
