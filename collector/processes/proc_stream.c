#include "collector/processes/proc_stream.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/servant.h"

#define BLOCK ((size_t)1 << 20)
#define NO_ANSWER "no answer within the command timeout"

static void open_link(void *context)
{
    struct proc_stream *s = context;
    struct hz_error why = { .code = HZ_OK };
    struct statx st;
    io_proc_link(s->proc, s->link, &s->target, &why);
    int noatime = 1;
    int rc = io_proc_file(s->proc, s->link, &s->fd, &noatime, &why);
    if (rc == HZ_OK)
        rc = io_statx_known(s->fd, &st, &why);
    s->sys_errno = why.sys_errno;
    if (rc != HZ_OK)
        return;
    s->begun = true;
    s->exposed = noatime == 0;
    s->inode = st.stx_ino;
    s->size = st.stx_size;
}

static void read_block(void *context)
{
    struct proc_stream *s = context;
    struct hz_error why = { .code = HZ_OK };
    uint64_t left = s->size - s->given;
    size_t want = left < BLOCK ? (size_t)left : BLOCK;
    s->got = 0;
    if (io_read_at(s->fd, s->given, s->block, want, &s->got, &why) != HZ_OK)
        s->sys_errno = why.sys_errno;
}

/* HZ_OK with *s NULL: it did not answer, or was not begun any more. */
static int serve(struct proc_stream **s, struct run *run, servant_work *work, const char **why, struct hz_error *err)
{
    struct hz_error lost = { .code = HZ_OK };
    int rc = servant_do(run, work, *s, &lost);
    if (rc == HZ_E_TIMEOUT)
        *s = NULL;
    if (rc == HZ_OK || rc == HZ_E_TIMEOUT || rc == HZ_E_CHANGED) {
        *why = rc == HZ_OK ? *why : rc == HZ_E_TIMEOUT ? NO_ANSWER : N_("the collection is to end");
        return HZ_OK;
    }
    *err = lost;
    return rc;
}

int proc_stream_open(struct proc_stream **s, struct run *run, int proc, const char *link, const char **why,
                     struct hz_error *err)
{
    struct proc_stream *made = calloc(1, sizeof *made);
    if (made == NULL || (made->block = malloc(BLOCK)) == NULL) {
        free(made);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    made->proc = proc;
    made->fd = -1;
    buf_init(&made->target, 4096);
    snprintf(made->link, sizeof made->link, "%s", link);
    int rc = serve(&made, run, open_link, why, err);
    if (rc != HZ_OK) {
        proc_stream_free(made);
        return rc;
    }
    if (made != NULL && !made->begun && *why == NULL)
        *why = absence_reason(made->sys_errno);
    *s = made;
    return HZ_OK;
}

int proc_stream_copy(struct proc_stream **s, struct run *run, struct product *to, const char **why,
                     struct hz_error *err)
{
    int rc = HZ_OK;
    *why = NULL;
    while (rc == HZ_OK && *s != NULL && *why == NULL && (*s)->given < (*s)->size) {
        (*s)->sys_errno = 0;
        rc = serve(s, run, read_block, why, err);
        if (rc != HZ_OK || *s == NULL || *why != NULL)
            break;
        rc = product_put(to, (*s)->block, (*s)->got, err);
        (*s)->given += (*s)->got;
        if ((*s)->got == 0 || (*s)->sys_errno != 0)
            *why = (*s)->sys_errno != 0 ? absence_reason((*s)->sys_errno) : N_("it became shorter meanwhile");
    }
    return rc;
}

void proc_stream_free(struct proc_stream *s)
{
    if (s == NULL)
        return;
    io_close(&s->fd);
    buf_free(&s->target);
    free(s->block);
    free(s);
}
