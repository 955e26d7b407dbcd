#include "collector/sample.h"

#include <stdlib.h>

#include "base/lang.h"
#include "collector/read.h"
#include "formats/write/frame.h"

#define PLACES 16
#define BYTES ((size_t)64 << 10) /* at each; packed by themselves they are larger than within a piece */
#define MARGIN 16                /* what is added: this part */

struct sample {
    struct w_frame *frame; /* owned, as are the others */
    unsigned char *bytes, *room;
    uint64_t got, packed;
};

static void sample_free(struct sample *s)
{
    w_frame_free(s->frame);
    free(s->bytes);
    free(s->room);
}

static int open_all(struct sample *s, enum w_compress how, struct hz_error *err)
{
    int rc = w_frame_new(&s->frame, how, err);
    if (rc != HZ_OK)
        return rc;
    s->bytes = malloc(BYTES);
    s->room = malloc(w_frame_room(s->frame));
    return s->bytes != NULL && s->room != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static int take_place(struct sample *s, int fd, struct watch *watch, uint64_t offset, struct hz_error *err)
{
    struct read_part part;
    size_t packed = 0;
    uint32_t crc = 0;
    int rc = read_part(fd, watch, offset, s->bytes, BYTES, &part, err);
    if (rc == HZ_OK && part.got > 0)
        rc = w_frame_pack(s->frame, s->bytes, part.got, s->room, &packed, &crc, err);
    s->got += part.got;
    s->packed += packed;
    return rc;
}

int sample_packed(int fd, struct watch *watch, uint64_t size, enum w_compress how, uint64_t *packed,
                  struct hz_error *err)
{
    HZ_CLEANUP(sample_free) struct sample s = { .frame = NULL };
    int rc = open_all(&s, how, err);
    for (uint64_t i = 0; rc == HZ_OK && i < PLACES; i++)
        rc = take_place(&s, fd, watch, size / PLACES * i, err);
    *packed = UINT64_MAX;
    if (rc == HZ_OK && s.got > 0)
        *packed = (size / s.got + 1) * (s.packed + s.packed / MARGIN);
    return rc;
}
