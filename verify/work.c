#include "verify/work.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "verify/report.h"

int work_new(struct work **out, struct hz_error *err)
{
    struct work *w = calloc(1, sizeof *w);

    if (!w)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    account_init(&w->account);
    *out = w;
    return HZ_OK;
}

void work_free(struct work *w)
{
    if (!w)
        return;
    account_free(&w->account);
    policy_free(&w->policy);
    free(w);
}

int work_run(struct work *w, const struct policy_order *order, const struct reader_listener *listener,
             struct hz_error *err)
{
    bool piped = strcmp(order->bundle, "-") == 0;
    HZ_CLEANUP(io_close) int file = -1;
    int code = piped ? HZ_OK : io_open_input(order->bundle, &file, err);

    if (!code)
        code = policy_load(&w->policy, order, err);
    if (code)
        return code;
    code = reader_run(piped ? STDIN_FILENO : file, listener, &w->account, err);
    if (code)
        return piped ? code : hz_error_context(err, "%s", order->bundle);
    report_jail_notice(&w->account);
    w->policy.use.evidence.bundle = file;
    return verdict_make(&w->account, &w->policy.use, &w->verdict, err);
}

bool work_may_appear(const struct work *w)
{
    const struct verdict *v = &w->verdict;

    if (v->answer == VERDICT_VERIFIED)
        return true;
    if (w->account.result.left && w->account.result.ended && v->integrity == INTEGRITY_INTACT &&
        v->authenticity == AUTHENTICITY_TRUSTED)
        return true; /* not all was read: nothing is wrong with what was */
    return !w->policy.use.signers && v->answer == VERDICT_UNDETERMINED && v->integrity == INTEGRITY_INTACT &&
           v->authenticity == AUTHENTICITY_UNTRUSTED;
}
