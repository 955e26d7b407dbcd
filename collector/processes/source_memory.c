/* memory: the memory of the processes that were named (formats/spec/sources/memory.md). */
#include "collector/processes/mem_take.h"
#include "collector/processes/proc_files.h"
#include "collector/products.h"
#include "collector/source.h"
#include "collector/take.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options->process_count > 0;
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    static const char *const names[] = { "maps", "regions.jsonl", "regions.txt", "threads.jsonl" };
    size_t count = sizeof names / sizeof names[0];
    return i < options->process_count * count &&
           buf_printf(out, "%d/%s", options->processes[i / count], names[i % count]) == HZ_OK;
}

static int note_nothing(struct run *run, struct hz_error *err)
{
    const struct walk_absence row = {
        .status = W_UNAVAILABLE, .reason = "memory: /proc is not there", .sys_errno = err->sys_errno, .failure = true
    };
    return take_absence(run, &row, err);
}

static int take_all(struct run *run, struct products *p, struct hz_error *err)
{
    struct proc_files files;
    const struct collect_options *o = run->options;
    int rc = proc_files_open(&files, run->root, err);
    if (rc == HZ_E_NOTFOUND)
        return note_nothing(run, err);
    if (rc != HZ_OK)
        return rc;
    for (size_t i = 0; rc == HZ_OK && i < o->process_count; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= o->processes[k] == o->processes[i];
        if (!again)
            rc = mem_take(run, p, &files, (uint32_t)o->processes[i], err);
    }
    proc_files_close(&files);
    return rc;
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct products *p = NULL;
    int rc = products_open(&p, run, err);
    if (rc == HZ_OK)
        rc = take_all(run, p, err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    return rc;
}

const struct source source_memory = {
    .name = "memory", .wanted = wanted, .makes = makes, .take = take, .live = true, .own_proc = true
};
