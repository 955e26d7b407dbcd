/* processes: the process table and what belongs to each process (formats/spec/sources/processes.md). */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/lang.h"
#include "collector/action.h"
#include "collector/processes/proc_hidden.h"
#include "collector/processes/proc_image.h"
#include "collector/processes/proc_keys.h"
#include "collector/processes/proc_list.h"
#include "collector/processes/proc_recover.h"
#include "collector/processes/proc_table.h"
#include "collector/processes/proc_text.h"
#include "collector/processes/proc_tools.h"
#include "collector/products.h"
#include "collector/source.h"
#include "collector/take.h"
#include "formats/write/fields.h"

#define HEAD_MAX ((size_t)8192)
#define PIECE ((size_t)64 << 10)

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "processes");
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    static const char *const names[] = { "descriptors.jsonl", "descriptors.txt", "mappings.jsonl",  "mappings.txt",
                                         "processes.jsonl",   "processes.txt",   "recovered.jsonl", "recovered.txt" };
    (void)options;
    return i < sizeof names / sizeof names[0] && buf_puts(out, names[i]) == HZ_OK;
}

struct taking {
    struct run *run;
    struct products *products;
    struct proc_table table;
    struct proc_images images;
    struct proc_users users;
    struct proc_recover recover;
    struct proc_list list;
};

static int add_lines(struct taking *t, const char *name, const char *schema, struct product **out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(HEAD_MAX);
    struct json_out j;
    json_init(&j, &line);
    json_object(&j);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", schema);
    rc = w_fields_end(&j, rc, err);
    if (rc == HZ_OK)
        rc = products_add(t->products, name, "procfs", out, err);
    return rc == HZ_OK ? product_put(*out, line.data, line.len, err) : rc;
}

/* How the table was taken stands in its first line. */
static int add_table(struct taking *t, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(HEAD_MAX);
    const struct proc_table *table = &t->table;
    struct json_out j;
    json_init(&j, &line);
    json_object(&j);
    w_fields_time(&j, "booted", table->boot);
    json_member_int(&j, "clock_ticks", sysconf(_SC_CLK_TCK));
    json_member_bool(&j, "cross_views", table->files.same);
    json_member_decimal(&j, "left_out", table->left_out);
    json_member_bool(&j, "own_procfs", table->files.clean);
    json_member_int(&j, "page_size", sysconf(_SC_PAGESIZE));
    json_member_int(&j, "pid_max", table->pid_max);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-processes/1");
    json_member_int(&j, "swept", table->swept);
    w_fields_time(&j, "taken", table->taken);
    rc = w_fields_end(&j, rc, err);
    if (rc == HZ_OK)
        rc = products_add(t->products, "processes.jsonl", "procfs", &t->list.rows, err);
    return rc == HZ_OK ? product_put(t->list.rows, line.data, line.len, err) : rc;
}

static int add_text(struct taking *t, const char *name, const char *head, struct product **out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(HEAD_MAX);
    int rc = products_add(t->products, name, "procfs", out, err);
    buf_puts(&line, head);
    return rc == HZ_OK ? product_put(*out, line.data, line.len, err) : rc;
}

static int add_listings(struct taking *t, struct hz_error *err)
{
    int rc = add_table(t, err);
    if (rc == HZ_OK)
        rc = add_lines(t, "descriptors.jsonl", "hozen-descriptors/1", &t->list.descriptors, err);
    if (rc == HZ_OK)
        rc = add_text(t, "descriptors.txt", "COMMAND             PID     FD  TYPE                     SIZE NAME\n",
                      &t->list.descriptors_text, err);
    if (rc == HZ_OK)
        rc = add_lines(t, "mappings.jsonl", "hozen-mappings/1", &t->list.mappings, err);
    if (rc == HZ_OK)
        rc = add_text(t, "mappings.txt", "    PID START            END              PERM KIND                  FILE\n",
                      &t->list.mappings_text, err);
    if (rc == HZ_OK)
        rc = add_lines(t, "recovered.jsonl", "hozen-recovered/1", &t->recover.rows, err);
    if (rc == HZ_OK)
        rc = add_text(t, "recovered.txt", "    PID KIND               SIZE MEMBER                           FILE\n",
                      &t->recover.text, err);
    return rc;
}

static void put_marks(const struct taking *t, const struct proc_branch *b, size_t no, char marks[10])
{
    const struct proc *p = b->p;
    enum proc_image_state state = p->has_image ? t->images.list[p->image_no].state : PROC_IMAGE_UNKNOWN;
    size_t len = 0;
    const struct {
        bool there;
        char letter;
    } all[] = { { proc_hidden_is(&t->table, p), 'H' },
                { state == PROC_IMAGE_DELETED, 'D' },
                { state == PROC_IMAGE_REPLACED, 'R' },
                { state == PROC_IMAGE_MEMORY, 'M' },
                { (t->list.marks[no] & PROC_MARK_EXECUTABLE_MEMORY) != 0, 'X' },
                { p->tracer != 0, 'T' },
                { b->orphan, 'O' },
                { (t->list.marks[no] & PROC_MARK_GONE) != 0, 'Z' } };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].there)
            marks[len++] = all[i].letter;
    }
    marks[len] = '\0';
}

static int put_tree(struct taking *t, struct proc_branch *branches, struct product *f, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf lines = BUF_INIT((size_t)1 << 20);
    const struct proc_text text = { &t->table, &t->users, proc_text_memory(&t->table) };
    int rc = proc_text_head(&lines, &text, err);
    for (size_t i = 0; rc == HZ_OK && i < t->table.count; i++) {
        char marks[10];
        put_marks(t, &branches[i], branches[i].no, marks);
        rc = proc_text_line(&lines, &text, &branches[i], marks, err);
        if (rc == HZ_OK && lines.len > PIECE) {
            rc = product_put(f, lines.data, lines.len, err);
            buf_reset(&lines);
        }
    }
    return rc == HZ_OK ? product_put(f, lines.data, lines.len, err) : rc;
}

static int make_text(struct taking *t, struct hz_error *err)
{
    struct proc_branch *branches = NULL;
    struct product *f = NULL;
    int rc = proc_tree_order(&t->table, &branches, err);
    if (rc == HZ_OK)
        rc = products_add(t->products, "processes.txt", "procfs", &f, err);
    if (rc == HZ_OK)
        rc = put_tree(t, branches, f, err);
    free(branches);
    return rc;
}

/* As quickly as it can be, so that it is of one moment; then what it does not show. */
static int take_table(struct taking *t, struct hz_error *err)
{
    struct w_action action;
    action_begin(&action, "process-table", t->run->source, NULL);
    int rc = proc_table_take(&t->table, t->run, err);
    action.count = t->table.count;
    action.failures = t->table.left_out;
    if (rc == HZ_OK)
        rc = action_end(&action, t->run->bundle, err);
    if (rc != HZ_OK)
        return rc;
    action_begin(&action, "hidden-processes", t->run->source, NULL);
    rc = proc_hidden_look(&t->table, t->run, err);
    action.count = t->table.swept;
    return rc == HZ_OK ? action_end(&action, t->run->bundle, err) : rc;
}

static int look(struct taking *t, struct hz_error *err)
{
    int rc = proc_users_read(&t->users, t->run, err);
    if (rc == HZ_OK)
        rc = proc_keys_add(&t->run->live, &t->table, &t->users, err);
    if (rc == HZ_OK)
        rc = add_listings(t, err);
    if (rc == HZ_OK)
        rc = proc_hidden_observe(&t->table, t->run, err);
    if (rc == HZ_OK)
        rc = proc_images_take(&t->images, &t->table, t->run, err);
    if (rc == HZ_OK)
        rc = proc_images_observe(&t->images, &t->table, t->run, err);
    if (rc == HZ_OK)
        rc = proc_recover_images(&t->recover, &t->images, err);
    if (rc == HZ_OK)
        rc = proc_list_make(&t->list, err);
    if (rc == HZ_OK)
        rc = make_text(t, err);
    return rc == HZ_OK ? proc_recover_all(&t->recover, err) : rc;
}

static void end(struct taking *t)
{
    free(t->list.marks);
    proc_recover_free(&t->recover);
    if (t->table.borrowed) /* a thread that was left behind may look at them */
        return;
    proc_users_free(&t->users);
    proc_images_free(&t->images);
    proc_table_free(&t->table);
    free(t);
}

static int note_nothing(struct run *run, struct hz_error *err)
{
    const struct walk_absence row = { .status = W_UNAVAILABLE,
                                      .reason = N_("processes: /proc is not there"),
                                      .sys_errno = err->sys_errno,
                                      .failure = true };
    return take_absence(run, &row, err);
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct taking *t = calloc(1, sizeof *t);
    if (t == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    t->run = run;
    t->table.files = (struct proc_files) { .fd = -1, .mounted = -1 };
    int rc = products_open(&t->products, run, err);
    if (rc == HZ_OK)
        rc = take_table(t, err);
    t->recover = (struct proc_recover) { .run = run, .products = t->products, .table = &t->table };
    t->list = (struct proc_list) { .run = run,
                                   .products = t->products,
                                   .table = &t->table,
                                   .images = &t->images,
                                   .users = &t->users,
                                   .recover = &t->recover };
    if (rc == HZ_OK)
        rc = look(t, err);
    else if (rc == HZ_E_NOTFOUND)
        rc = note_nothing(run, err);
    if (rc == HZ_OK)
        rc = proc_tools_take(run, err);
    if (rc == HZ_OK)
        rc = products_write(t->products, tree, err);
    products_free(t->products);
    end(t);
    return rc;
}

const struct source source_processes = {
    .name = "processes", .wanted = wanted, .makes = makes, .take = take, .live = true, .own_proc = true
};
