/* Messages from the jailed reader to its parent: a type, a length, a payload, all of it hostile to the receiver. The
 * two ends are one program, so integers are in the order of the machine. */
#ifndef HZ_VERIFY_WIRE_H
#define HZ_VERIFY_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"

#define WIRE_PAYLOAD_MAX ((size_t)4 * 1024 * 1024)

enum wire_type {
    WIRE_JAIL, /* layers */
    WIRE_FILE, /* a payload file begins */
    WIRE_DATA, /* bytes of it */
    WIRE_FILE_END,
    WIRE_FACT,    /* a row of a listing, for comparing (verify/fact.h) */
    WIRE_LISTING, /* such a listing is at its end */
    WIRE_ROW,     /* a line of the catalog, of objects or of absent */
    WIRE_WHY,     /* why a file was not read to its end, or a database copied without a lock */
    WIRE_ACQUISITION,
    WIRE_SIGNATURE,
    WIRE_PART,      /* of a disclosure that is made */
    WIRE_DISCLOSED, /* what a disclosure says of itself */
    WIRE_FINDING,
    WIRE_NOTICE,
    WIRE_RESULT, /* the last one */
    WIRE_ERROR   /* or this */
};

/* --- sending ------------------------------------------------------------------------------------------------------ */

struct wire_out {
    int fd;
    struct buf pending; /* messages not yet written */
    size_t begin;       /* of the message being made */
};

void wire_open(struct wire_out *w, int fd);
void wire_close(struct wire_out *w);
void wire_begin(struct wire_out *w, enum wire_type type);
void wire_u32(struct wire_out *w, uint32_t value);
void wire_u64(struct wire_out *w, uint64_t value);
void wire_stamp(struct wire_out *w, struct stamp value);
/* Exactly these bytes, without their number. */
void wire_fixed(struct wire_out *w, const void *bytes, size_t len);
void wire_bytes(struct wire_out *w, const void *bytes, size_t len);
/* A C string; NULL is told apart from "". */
void wire_string(struct wire_out *w, const char *text);
/* Ends the message; writes when enough has gathered. */
int wire_end(struct wire_out *w, struct hz_error *err);
int wire_flush(struct wire_out *w, struct hz_error *err);

/* --- receiving ---------------------------------------------------------------------------------------------------- */

struct wire_in {
    enum wire_type type;
    const unsigned char *at; /* unread rest of the payload */
    size_t len;
    bool bad;       /* something was not there or not of the form: the caller's values are zeros */
    bool no_memory; /* it was of its form, and could not be kept */
};

struct wire_bytes {
    const char *at; /* into the message; "" when empty */
    size_t len;
};

/* The next message; payload is its memory, used again for the next. *ended at the end of the stream. A stream that ends
 * inside a message, an unknown type or a length over WIRE_PAYLOAD_MAX is HZ_E_FORMAT. */
int wire_receive(int fd, struct buf *payload, struct wire_in *in, bool *ended, struct hz_error *err);
uint32_t wire_get_u32(struct wire_in *in);
uint64_t wire_get_u64(struct wire_in *in);
bool wire_get_bool(struct wire_in *in); /* sent as u32: 0 or 1 */
struct stamp wire_get_stamp(struct wire_in *in);
struct wire_bytes wire_get_bytes(struct wire_in *in);
/* Exactly len bytes. */
void wire_get_fixed(struct wire_in *in, void *out, size_t len);
/* NUL-terminated inside the message; NULL when NULL was sent. */
const char *wire_get_string(struct wire_in *in);
/* true when everything was of its form and nothing is left over. */
bool wire_done(const struct wire_in *in);

#endif
