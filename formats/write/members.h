/* The members of the bundle: tar headers and padding around what goes into the stream, and the list of tag files that
 * becomes the tag manifest. */
#ifndef HZ_FORMATS_WRITE_MEMBERS_H
#define HZ_FORMATS_WRITE_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/spool.h"
#include "formats/write/stream.h"

struct w_members {
    const char *item; /* the caller's */
    uint64_t mtime;
    struct w_stream *stream; /* owned */
    struct w_digest *digest; /* owned; both algorithms with sha512 */
    bool sha512;
    struct buf path, header, tagmanifest, tagmanifest512;
};

/* started: gives the mtime of every member. */
int w_members_open(struct w_members *m, const char *item, const struct w_stream_config *output, struct stamp started,
                   bool sha512, struct hz_error *err);
void w_members_close(struct w_members *m); /* legal on a zeroed struct */
/* "ITEM/NAME", valid until the next call; NULL: HZ_E_LIMIT or HZ_E_NOMEM in err. */
const char *w_members_name(struct w_members *m, const char *name, struct hz_error *err);
/* Header of a member; `name` is what follows "ITEM/". Then exactly size bytes into the stream, then w_members_pad. */
int w_members_begin(struct w_members *m, const char *name, uint64_t size, struct hz_error *err);
int w_members_pad(struct w_members *m, uint64_t size, struct hz_error *err);
/* A whole member that the tag manifest does not list. */
int w_members_put(struct w_members *m, const char *name, const void *bytes, size_t len, struct hz_error *err);
/* A whole tag file, listed. */
int w_members_tag(struct w_members *m, const char *name, const void *bytes, size_t len, struct hz_error *err);
/* The same with what a spool holds, which is empty then. */
int w_members_tag_spool(struct w_members *m, const char *name, struct w_spool *spool, struct hz_error *err);
/* The same; the spool keeps it. */
int w_members_tag_copy(struct w_members *m, const char *name, struct w_spool *spool, struct hz_error *err);
/* The same in parts: begin, exactly size bytes, end. */
int w_members_tag_begin(struct w_members *m, const char *name, uint64_t size, struct hz_error *err);
int w_members_tag_put(struct w_members *m, const void *bytes, size_t len, struct hz_error *err);
int w_members_tag_end(struct w_members *m, const char *name, uint64_t size, struct hz_error *err);
/* End marker, digest of the whole file. */
int w_members_end(struct w_members *m, char file_sha256[W_DIGEST_HEX], uint64_t *file_bytes, struct hz_error *err);

#endif
