#include "collector/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/servant.h"
#include "collector/zone.h"

#define ZONE FACTS_PARTS /* the question after all parts of the facts */
#define QUESTIONS (FACTS_PARTS + 1)

struct question { /* left to its thread when that is left behind */
    int root;
    unsigned part;
    struct facts facts;
    char zone[ZONE_RULE_MAX + 1];
};

struct asking {
    struct run *run;
    struct question *all[QUESTIONS]; /* NULL where given away */
};

static void free_question(struct question *q)
{
    if (q == NULL)
        return;
    facts_free(&q->facts);
    io_close(&q->root);
    free(q);
}

static void work(void *context)
{
    struct question *q = context;
    if (q->part == ZONE)
        zone_read(q->root, q->zone);
    else
        facts_gather(&q->facts, q->root, (enum facts_part)q->part);
}

static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct asking *a = context;
    (void)err;
    if (lost && begun)
        a->all[i] = NULL;
    if (lost)
        return HZ_OK;
    if (a->all[i]->part == ZONE)
        zone_settle(a->all[i]->zone);
    else
        facts_add(&a->run->facts, &a->all[i]->facts);
    return HZ_OK;
}

static int prepare(struct asking *a, void **contexts, struct hz_error *err)
{
    for (unsigned i = 0; i < QUESTIONS; i++) {
        struct question *q = calloc(1, sizeof *q);
        if (q == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        *q = (struct question) { .part = i, .root = fcntl(a->run->root, F_DUPFD_CLOEXEC, 3) };
        q->facts.image = options_rooted(a->run->options);
        contexts[i] = a->all[i] = q;
        if (q->root < 0)
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"));
    }
    return HZ_OK;
}

int host_ask(struct run *run, struct hz_error *err)
{
    struct asking asking = { .run = run };
    void *contexts[QUESTIONS] = { NULL };
    const struct servant_batch batch = { .work = work,
                                         .contexts = contexts,
                                         .count = QUESTIONS,
                                         .threads = SERVANT_THREADS,
                                         .done = done,
                                         .done_context = &asking };
    run->facts.image = options_rooted(run->options);
    zone_settle("UTC0");
    int rc = prepare(&asking, contexts, err);
    if (rc == HZ_OK)
        rc = servant_batch(run, &batch, err);
    for (unsigned i = 0; i < QUESTIONS; i++)
        free_question(asking.all[i]);
    return rc;
}
