/* packages: files of packages against the digests of their packages (formats/spec/sources/packages.md). */
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/action.h"
#include "collector/persistence/pers_observe.h"
#include "collector/persistence/pkg_write.h"
#include "collector/plan.h"
#include "collector/products.h"
#include "collector/servant.h"
#include "collector/source.h"
#include "collector/take.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "packages");
}

/* The package managers' own words; the databases of rpm are taken whole. */
static const char *const host_files[] = {
    "/var/lib/dpkg/status",  "/var/lib/dpkg/diversions", "/var/lib/dpkg/statoverride",
    "/var/log/dpkg.log",     "/var/log/apt/history.log", "/var/lib/rpm",
    "/usr/lib/sysimage/rpm", "/var/log/dnf.rpm.log",
};

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    (void)options;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof host_files / sizeof host_files[0]; i++)
        rc = plan_there(tree, root, host_files[i], err); /* each host has some of them */
    return rc;
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    static const char *const names[] = { "altered.jsonl", "altered.txt", "packages.jsonl", "packages.txt" };
    (void)options;
    if (i >= sizeof names / sizeof names[0])
        return false;
    buf_puts(out, names[i]);
    return true;
}

struct taking {
    struct run *run;
    struct pkg_base *base; /* owned; NULL: a servant has it */
    struct pkg_writing writing;
    struct pers_counts counts;
    uint64_t waiting, too_much;
};

static int note_absence(struct run *run, struct span origin, enum w_absent_status status, const char *reason,
                        int sys_errno, struct hz_error *err)
{
    const struct walk_absence a = { .origin = span_bytes(origin),
                                    .status = status,
                                    .reason = reason,
                                    .sys_errno = sys_errno,
                                    .failure = status != W_OVER_BUDGET };
    return take_absence(run, &a, err);
}

static int note_count(struct run *run, uint64_t count, enum w_absent_status status, const char *why,
                      struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(200);
    if (count == 0)
        return HZ_OK;
    buf_printf(&text, "%llu files of packages were not compared: %s", (unsigned long long)count, why);
    const char *reason = buf_text(&text);
    return reason == NULL ? buf_check(&text, err) : note_absence(run, SPAN_NONE, status, reason, 0, err);
}

/* What an administrator may change is listed, and no more. */
static const char *code_of(const struct pkg_file *file, const struct pkg_result *result)
{
    if (file->conffile)
        return NULL;
    if (result->verdict == PKG_ALTERED || result->verdict == PKG_OTHER)
        return "package-file-altered";
    return result->verdict == PKG_MISSING && file->rank < 3 ? "package-file-missing" : NULL;
}

static int note_file(void *context, const struct pkg_file *file, const struct pkg_result *result, struct hz_error *err)
{
    struct taking *t = context;
    int rc = pkg_write_file(&t->writing, file, result, err);
    const char *code = code_of(file, result);
    struct span package = file->package == UINT32_MAX ? SPAN_NONE : t->base->packages[file->package].name;
    if (rc == HZ_OK && code != NULL)
        rc = pers_observe(t->run, &t->counts, code, file->path, package, err);
    t->waiting += result->verdict == PKG_WAITING;
    t->too_much += result->verdict == PKG_TOO_MUCH;
    return rc == HZ_OK && result->verdict == PKG_UNREADABLE
               ? note_absence(t->run, file->path, absence_status(result->sys_errno), absence_reason(result->sys_errno),
                              result->sys_errno, err)
               : rc;
}

static int compare(struct taking *t, struct hz_error *err)
{
    struct pkg_sums sums = { 0 };
    struct w_action action;
    bool lost = false;
    action_begin(&action, "packages", t->run->source, NULL);
    int rc = pkg_compare(t->run, t->base, note_file, t, &sums, &lost, err);
    if (rc == HZ_OK) {
        enum stop_reason why = stop_now(t->run);
        rc = note_count(t->run, t->waiting, why == STOP_NONE ? W_TIMEOUT : stop_status(why),
                        why == STOP_NONE ? N_("their file system did not answer in time") : stop_text(why), err);
    }
    if (rc == HZ_OK)
        rc = note_count(t->run, t->too_much, W_OVER_BUDGET, N_("more than is compared unless all files are asked for"),
                        err);
    if (rc == HZ_OK)
        rc = pers_observe_rest(t->run, &t->counts, "data/packages/altered.jsonl", err);
    if (lost)
        t->base = NULL; /* it is still used */
    action.count = sums.compared;
    action.failures = sums.unread;
    return rc == HZ_OK ? action_end(&action, t->run->bundle, err) : rc;
}

/* HZ_OK and t->base NULL: nothing is known. */
static int read_base(struct taking *t, struct hz_error *err)
{
    struct hz_error why;
    int rc = pkg_base_new(&t->base, t->run->root, t->run->options->profiles.every_package_file, err);
    if (rc != HZ_OK)
        return rc;
    rc = servant_do(t->run, pkg_base_read, t->base, &why);
    if (rc == HZ_OK && t->base->rc != HZ_OK) {
        *err = t->base->error;
        return t->base->rc;
    }
    if (rc == HZ_E_CHANGED)
        pkg_base_free(t->base);
    if (rc == HZ_E_TIMEOUT || rc == HZ_E_CHANGED) {
        t->base = NULL;
        return note_absence(t->run, span_of("/var/lib/dpkg"), W_TIMEOUT, N_("was not read in time"), 0, err);
    }
    if (rc != HZ_OK)
        *err = why;
    return rc;
}

/* Nothing amiss: forms of it that are not read here are common. */
static int note_known(struct run *run, struct span origin, const char *reason, struct hz_error *err)
{
    const struct walk_absence a = { .origin = span_bytes(origin), .status = W_UNAVAILABLE, .reason = reason };
    return take_absence(run, &a, err);
}

/* What is not compared because it is not known. */
static int note_gaps(struct taking *t, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(200);
    int rc = HZ_OK;
    if (t->base->truncated)
        rc = note_absence(t->run, SPAN_NONE, W_OVER_BUDGET,
                          N_("packages have more files than are kept in memory: the rest was not compared"), 0, err);
    if (rc == HZ_OK && t->base->rpm && !t->base->rpm_read)
        rc = note_known(t->run, span_of("/var/lib/rpm"), N_("rpm's database was not read to its end: see rpm_read"),
                        err);
    if (rc != HZ_OK || t->base->unread == 0)
        return rc;
    buf_printf(&text, "%llu lists of packages' digests could not be read", (unsigned long long)t->base->unread);
    const char *reason = buf_text(&text);
    return reason == NULL ? buf_check(&text, err)
                          : note_absence(t->run, span_of("/var/lib/dpkg/info"), W_IO_ERROR, reason, 0, err);
}

static int fill(struct taking *t, struct products *p, struct hz_error *err)
{
    int rc = read_base(t, err);
    if (rc != HZ_OK || t->base == NULL)
        return rc;
    t->run->tally.exposed += t->base->exposed;
    rc = pers_observe_absences(t->run, &t->base->absences, "/var/lib/dpkg", err);
    if (rc == HZ_OK)
        rc = pkg_write_packages(p, t->base, err);
    if (rc == HZ_OK)
        rc = note_gaps(t, err);
    if (rc == HZ_OK)
        rc = pkg_write_begin(&t->writing, p, t->base, err);
    if (rc == HZ_OK)
        rc = compare(t, err);
    pkg_write_end(&t->writing);
    return rc;
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct taking t = { .run = run };
    struct products *p = NULL;
    int rc = products_open(&p, run, err);
    if (rc == HZ_OK)
        rc = fill(&t, p, err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    pkg_base_free(t.base);
    return rc;
}

const struct source source_packages = {
    .name = "packages", .wanted = wanted, .plan = plan, .makes = makes, .take = take
};
