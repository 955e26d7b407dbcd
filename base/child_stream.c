#include "base/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "base/child_internal.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"

#define LOOK_AGAIN_MS 50

struct streaming {
    struct child_running *child;
    const struct child_reader *reader;
    int64_t deadline;
    unsigned char chunk[65536];
};

/* One turn: HZ_OK when something was read, a stream ended, or time passed. */
static int take(struct streaming *s, int *end, bool error, struct hz_error *err)
{
    size_t got = 0;
    int rc = io_read_some(*end, s->chunk, sizeof s->chunk, &got, err);
    if (rc != HZ_OK)
        return rc;
    if (got > 0)
        return s->reader->put(s->reader->context, error, s->chunk, got, err);
    io_close(end);
    return HZ_OK;
}

static int turn(struct streaming *s, int wait_ms, struct hz_error *err)
{
    struct pollfd p[2] = { { .fd = s->child->out, .events = POLLIN }, { .fd = s->child->error, .events = POLLIN } };
    int n = poll(p, 2, wait_ms);
    if (n < 0 && errno != EINTR)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot wait"));
    int rc = HZ_OK;
    if (n > 0 && p[0].revents != 0)
        rc = take(s, &s->child->out, false, err);
    if (rc == HZ_OK && n > 0 && p[1].revents != 0)
        rc = take(s, &s->child->error, true, err);
    return rc;
}

static bool is_over(const struct streaming *s)
{
    int passed = s->reader->pass != NULL ? s->reader->pass(s->reader->context) : 0;

    if (passed != 0)
        kill(s->child->pid, passed); /* not waited for yet: nobody else has its number */
    return child_now_ms() >= s->deadline || s->reader->stopped(s->reader->context);
}

static int read_to_end(struct streaming *s, int *exit_status, struct hz_error *err)
{
    int rc = child_check_started(s->child->status, s->deadline, err);
    while (rc == HZ_OK && (s->child->out >= 0 || s->child->error >= 0)) {
        if (is_over(s)) {
            struct hz_error ignored;
            turn(s, 0, &ignored); /* what was printed by now */
            return hz_error_set(err, HZ_E_TIMEOUT, _("not done in time"));
        }
        rc = turn(s, LOOK_AGAIN_MS, err);
    }
    for (int64_t now = child_now_ms(); rc == HZ_OK; now = child_now_ms()) {
        int64_t until = now + LOOK_AGAIN_MS < s->deadline ? now + LOOK_AGAIN_MS : s->deadline;
        rc = child_wait_until(s->child->pid, until, exit_status, err);
        if (rc != HZ_E_TIMEOUT || is_over(s))
            break;
        rc = HZ_OK;
    }
    return rc;
}

int child_stream(const struct child_spec *spec, const struct child_reader *reader, int *exit_status,
                 struct hz_error *err)
{
    struct child_running c;
    int rc = child_launch(spec, !reader->keep_error, &c, err);
    if (rc == HZ_OK) {
        struct streaming s = { .child = &c, .reader = reader, .deadline = CHILD_NEVER };
        if (reader->timeout_ms > 0)
            s.deadline = child_now_ms() + reader->timeout_ms;
        rc = read_to_end(&s, exit_status, err);
        if (rc != HZ_OK)
            child_kill_group(c.pid);
        child_running_close(&c);
    }
    return rc == HZ_OK ? HZ_OK : hz_error_context(err, "%s", spec->path);
}
