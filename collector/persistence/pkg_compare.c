#include "collector/persistence/pkg_compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "collector/meta.h"
#include "collector/persistence/pers_look.h"
#include "collector/pseudo.h"
#include "collector/servant.h"

#define PIECE 128U     /* files */
#define ROUND 32U      /* pieces at a time */
#define PACED_PIECE 4U /* with --max-rate: what is read before it is paid for */
#define PACED_ROUND 2U
#define THREADS 2U

struct piece { /* all of it is the servant's until it is done */
    const struct pkg_base *base;
    size_t first, count;
    bool over; /* nothing more is compared */
    struct pers_thing folder;
    bool pseudo; /* the folder is in a file system that the kernel makes: none of its files is a package's */
    struct pkg_result results[PIECE];
    uint64_t exposed;
    int rc;
    struct hz_error error;
};

static void piece_free(struct piece *p)
{
    if (p != NULL)
        pers_thing_free(&p->folder);
    free(p);
}

/* The folder of the file before is mostly that of this one. */
static int enter(struct piece *p, struct span path, const char **name, struct hz_error *err)
{
    const char *slash = memrchr(path.at, '/', path.len);
    size_t len = slash == NULL ? 0 : (size_t)(slash - path.at);
    *name = path.at + len + 1;
    if (p->folder.fd >= 0 && p->folder.path.len == len && memcmp(p->folder.path.data, path.at, len) == 0)
        return HZ_OK;
    HZ_CLEANUP(buf_free) struct buf folder = BUF_INIT(PERS_PATH_MAX);
    buf_put(&folder, path.at, len);
    buf_putc(&folder, '/');
    int rc = buf_text(&folder) == NULL ? buf_check(&folder, err)
                                       : pers_look(p->base->root, (const char *)folder.data, &p->folder, err);
    p->pseudo = rc == HZ_OK && pseudo_find(p->folder.fd) != NULL;
    return rc;
}

/* By its name where it is what it should be, else with a careful look. */
static int open_file(struct piece *p, struct span path, int *fd, struct statx *st, struct hz_error *err)
{
    HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
    const char *name;
    int rc = enter(p, path, &name, err);
    if (rc == HZ_OK && !p->pseudo && io_evidence_open(p->folder.fd, name, fd, err) == HZ_OK)
        return io_statx(*fd, st, err);
    rc = pers_look(p->base->root, path.at, &t, err);
    if (rc != HZ_OK)
        return rc;
    *st = t.stat;
    rc = S_ISREG(st->stx_mode) && pseudo_find(t.fd) == NULL ? pers_look_open(&t, fd, err) : HZ_OK;
    p->exposed += t.exposed;
    return rc;
}

static void fail(struct pkg_result *r, const struct hz_error *why)
{
    bool gone = why->sys_errno == ENOENT || why->sys_errno == ENOTDIR;
    r->verdict = gone ? PKG_MISSING : PKG_UNREADABLE;
    r->sys_errno = why->sys_errno;
}

static int compare(struct piece *p, const struct pkg_file *file, struct pkg_result *r, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    const struct pkg_digest wanted = pkg_base_digest(file);
    struct statx st;
    struct hz_error why;
    int rc = open_file(p, file->path, &fd, &st, &why);
    if (rc == HZ_OK && (fd < 0 || !S_ISREG(st.stx_mode))) {
        r->verdict = PKG_OTHER;
        meta_from_statx(&r->stat, &st);
        return HZ_OK;
    }
    if (rc == HZ_OK && (p->over || (!p->base->all && st.stx_size > PKG_COMPARE_EACH))) {
        r->verdict = PKG_TOO_MUCH;
        return HZ_OK;
    }
    /* One that gives much more than it says it has is left. */
    uint64_t most = rc == HZ_OK && st.stx_size > PKG_COMPARE_EACH ? st.stx_size : PKG_COMPARE_EACH;
    if (rc == HZ_OK)
        rc = pkg_digest_file(fd, wanted.algorithm, most, &r->digest, &r->size, &why);
    if (rc == HZ_E_LIMIT) {
        r->verdict = PKG_TOO_MUCH;
        r->size = most;
        return HZ_OK;
    }
    if (rc == HZ_E_NOMEM || rc == HZ_E_CRYPTO) {
        *err = why;
        return rc;
    }
    if (rc != HZ_OK) {
        fail(r, &why);
        return HZ_OK;
    }
    r->verdict = pkg_digest_same(&r->digest, &wanted) ? PKG_SAME : PKG_ALTERED;
    meta_from_statx(&r->stat, &st);
    return HZ_OK;
}

static void work(void *context)
{
    struct piece *p = context;
    p->rc = HZ_OK;
    for (size_t i = 0; p->rc == HZ_OK && i < p->count; i++)
        p->rc = compare(p, &p->base->files[p->first + i], &p->results[i], &p->error);
}

struct comparing {
    struct run *run;
    const struct pkg_base *base;
    pkg_compare_each *each;
    void *context;
    struct pkg_sums *sums;
    void *pieces[ROUND];
    size_t piece, round; /* PIECE and ROUND, or less */
    size_t first, count; /* first: file of this round */
    bool lost;
};

static void add(struct pkg_sums *s, const struct pkg_result *r)
{
    s->compared += r->verdict == PKG_SAME || r->verdict == PKG_ALTERED;
    s->bytes += r->size;
    s->altered += r->verdict == PKG_ALTERED || r->verdict == PKG_OTHER;
    s->missing += r->verdict == PKG_MISSING;
    s->unread += r->verdict == PKG_UNREADABLE || r->verdict == PKG_WAITING || r->verdict == PKG_TOO_MUCH;
}

static int tell(struct comparing *c, size_t first, size_t count, const struct pkg_result *results, struct hz_error *err)
{
    static const struct pkg_result none = { .verdict = PKG_WAITING };
    int rc = HZ_OK;
    for (size_t k = 0; rc == HZ_OK && k < count; k++) {
        const struct pkg_result *r = results == NULL ? &none : &results[k];
        add(c->sums, r);
        rc = c->each(c->context, &c->base->files[first + k], r, err);
    }
    return rc;
}

/* What a lost piece covers is known without it. */
static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct comparing *c = context;
    struct piece *p = c->pieces[i];
    if (lost) {
        size_t first = c->first + i * c->piece, left = c->base->file_count - first;
        c->lost |= begun;
        if (begun)
            c->pieces[i] = NULL;
        return tell(c, first, left < c->piece ? left : c->piece, NULL, err);
    }
    if (p->rc != HZ_OK) {
        *err = p->error;
        return p->rc;
    }
    c->run->tally.exposed += p->exposed;
    return tell(c, p->first, p->count, p->results, err);
}

static int make_pieces(struct comparing *c, struct hz_error *err)
{
    size_t first = c->first;
    for (c->count = 0; c->count < c->round && first < c->base->file_count; c->count++, first += c->piece) {
        struct piece *p = calloc(1, sizeof *p);
        if (p == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        size_t left = c->base->file_count - first;
        p->base = c->base;
        p->first = first;
        p->count = left < c->piece ? left : c->piece;
        p->over = !c->base->all && c->sums->bytes > PKG_COMPARE_TOTAL;
        p->folder = (struct pers_thing)PERS_THING_INIT;
        c->pieces[c->count] = p;
    }
    return HZ_OK;
}

static int go_round(struct comparing *c, struct hz_error *err)
{
    int rc = make_pieces(c, err);
    const struct servant_batch batch = {
        .work = work, .contexts = c->pieces, .count = c->count, .threads = THREADS, .done = done, .done_context = c
    };
    if (rc == HZ_OK)
        rc = servant_batch(c->run, &batch, err);
    for (size_t i = 0; i < c->count; i++)
        piece_free(c->pieces[i]);
    c->first += c->count * c->piece;
    return rc;
}

int pkg_compare(struct run *run, const struct pkg_base *base, pkg_compare_each *each, void *context,
                struct pkg_sums *sums, bool *lost, struct hz_error *err)
{
    bool paced = run->pace.rate > 0;
    struct comparing c = { .run = run,
                           .base = base,
                           .each = each,
                           .context = context,
                           .sums = sums,
                           .piece = paced ? PACED_PIECE : PIECE,
                           .round = paced ? PACED_ROUND : ROUND };
    int rc = HZ_OK;
    while (rc == HZ_OK && c.first < base->file_count) {
        uint64_t before = sums->bytes;
        rc = go_round(&c, err);
        pace_wait(&run->pace, (size_t)(sums->bytes - before), &run->stop);
        pace_wait(&run->pace, 0, &run->stop); /* until that is paid for: its sizes were not known before */
    }
    *lost = c.lost;
    return rc;
}
