/* Types of files by libmagic, told by children in a jail from the first bytes of each: a file that makes libmagic crash
 * or run on is `unchecked` and costs its child only. There is a child for each processor. */
#ifndef HZ_CUSTODY_INSPECT_TYPE_H
#define HZ_CUSTODY_INSPECT_TYPE_H

#include "base/error.h"
#include "base/heads.h"
#include "custody/inspect.h"

#define INSPECT_TYPE_HEAD HEADS_BYTES /* looked at, from the beginning of a file */
#define INSPECT_TYPE_UNCHECKED "unchecked"

struct inspect_types;

/* Loads the system's magic database. HZ_E_UNSUPPORTED when there is none or it cannot be used: then no types, which is
 * the caller's to say. */
int inspect_type_begin(struct inspect_types **out, struct hz_error *err);
void inspect_type_free(struct inspect_types *t); /* NULL is legal */
/* One more file, by its first bytes, which are copied: it is looked at later. Fails only for a shortage of our own, and
 * with HZ_E_TIMEOUT when interrupt_asked. */
int inspect_type_add(struct inspect_types *t, const void *bytes, size_t len, struct hz_error *err);
/* Looks at what is left and puts the counts into out->types and out->record, most files first, equal ones by name; what
 * does not fit is counted in types_more. A type is a MIME type ("text/plain") or INSPECT_TYPE_UNCHECKED, of which
 * inspect_trouble tells too. */
int inspect_type_end(struct inspect_types *t, struct inspection *out, struct hz_error *err);

#endif
