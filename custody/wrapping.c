#include "custody/wrapping.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/interrupt.h"
#include "custody/verifier.h"
#include "formats/read/json.h"

#define ANSWER_MAX ((size_t)1 << 20)

struct command {
    char *path;                                /* owned */
    const char *argv[64 + 4 * WRAPPING_PATHS]; /* two words for each path and witness, and as many for all the rest */
    size_t count;
};

static void command_free(struct command *c)
{
    free(c->path);
}

static void release(char **text)
{
    free(*text);
}

void wrapping_free(struct wrapping *w)
{
    free(w->bundle);
    free(w->fingerprint);
    memset(w, 0, sizeof *w);
}

/* What is not known is not said. A value that begins with dashes is none to the parser. */
static int add(struct command *c, const char *option, const char *value, struct hz_error *err)
{
    if (value == NULL)
        return HZ_OK;
    if (strncmp(value, "--", 2) == 0)
        return hz_error_set(err, HZ_E_USAGE, _("%s: write it in another way; it looks like an option"), value);
    c->argv[c->count++] = option;
    c->argv[c->count++] = value;
    return HZ_OK;
}

static int add_all(struct command *c, const char *option, const char *const *values, size_t count, struct hz_error *err)
{
    int rc =
        count <= WRAPPING_PATHS
            ? HZ_OK
            : hz_error_set(err, HZ_E_LIMIT, _("more than %d paths; name the folder that they are in"), WRAPPING_PATHS);

    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = add(c, option, values[i], err);
    return rc;
}

static int make_command(struct command *c, const struct wrapping_job *job, struct hz_error *err)
{
    const struct {
        const char *option, *value;
    } words[] = {
        { "--case", job->case_id },      { "--item", job->item },
        { "--out", job->folder },        { "--operator", job->operator_name },
        { "--exhibit", job->exhibit },   { "--organisation", job->organisation },
        { "--reason", job->reason },     { "--authority", job->authority },
        { "--location", job->location }, { "--lang", lang_selected() == LANG_JA ? "ja" : "en" },
    };
    int rc = child_sibling("hozen-collect", &c->path, err);

    c->argv[c->count++] = "hozen-collect";
    c->argv[c->count++] = "--json";
    for (size_t i = 0; rc == HZ_OK && i < sizeof words / sizeof words[0]; i++)
        rc = add(c, words[i].option, words[i].value, err);
    if (rc == HZ_OK)
        rc = add_all(c, "--path", job->paths, job->path_count, err);
    return rc == HZ_OK ? add_all(c, "--witness", job->witnesses, job->witness_count, err) : rc;
}

/* In the folder as it was given: the answer shows U+FFFD for what is not UTF-8. */
static char *join(const char *folder, const char *bundle)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
    const char *slash = strrchr(bundle, '/');

    buf_printf(&path, "%s/%s", folder, slash != NULL ? slash + 1 : bundle);
    return text_copy(buf_text(&path));
}

static int read_answer(const struct buf *answer, const char *folder, struct wrapping *out, struct hz_error *err)
{
    HZ_CLEANUP(release) char *schema = NULL;
    HZ_CLEANUP(release) char *bundle = NULL;
    HZ_CLEANUP(wrapping_free) struct wrapping w = { 0 };
    struct r_span key;
    struct r_json j;

    r_json_init(&j, answer->data, answer->len > 0 ? answer->len - 1 : 0);
    for (r_json_object(&j); r_json_key(&j, &key);)
        if (r_span_is(&key, "schema"))
            verifier_read_text(&j, &schema);
        else if (r_span_is(&key, "bundle"))
            verifier_read_text(&j, &bundle);
        else if (r_span_is(&key, "fingerprint"))
            verifier_read_text(&j, &w.fingerprint);
        else
            r_json_skip(&j);
    if (!r_json_done(&j) || !text_equal(schema, "hozen-collect/1") || bundle == NULL || w.fingerprint == NULL)
        return hz_error_set(err, HZ_E_FORMAT, _("hozen-collect gave no answer that this version understands"));
    w.bundle = join(folder, bundle);
    if (w.bundle == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *out = w;
    memset(&w, 0, sizeof w);
    return HZ_OK;
}

/* A mistyped name: the collector would record it as absent, and the item would be there for good. */
static int check_there(const struct wrapping_job *job, struct hz_error *err)
{
    struct statx ignored;

    for (size_t i = 0; i < job->path_count; i++) {
        int rc = io_scan_statx(AT_FDCWD, job->paths[i], &ignored, err);
        if (rc != HZ_OK)
            return hz_error_context(err, _("nothing was made"));
    }
    return HZ_OK;
}

static int put(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    struct buf *answer = context;

    (void)error;
    buf_put(answer, bytes, len);
    return buf_check(answer, err);
}

/* It comes to its own end, with a bundle of what it has. */
static bool never(void *context)
{
    (void)context;
    return false;
}

static int pass(void *context)
{
    (void)context;
    return interrupt_passed();
}

int wrapping_make(const struct wrapping_job *job, struct wrapping *out, struct hz_error *err)
{
    static const char *const environment[] = { "LC_ALL=C.UTF-8", NULL };
    HZ_CLEANUP(buf_free) struct buf answer = BUF_INIT(ANSWER_MAX);
    HZ_CLEANUP(command_free) struct command c = { 0 };
    struct child_spec spec = { .argv = c.argv, .envp = environment };
    const struct child_reader reader = {
        .context = &answer, .put = put, .stopped = never, .pass = pass, .keep_error = true
    };
    int status = 0, rc = check_there(job, err);

    if (rc != HZ_OK)
        return rc;
    rc = make_command(&c, job, err);
    spec.path = c.path;
    if (rc == HZ_OK)
        rc = child_stream(&spec, &reader, &status, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "hozen-collect");
    if (status != HZ_EXIT_OK && status != HZ_EXIT_PARTIAL)
        return hz_error_set(err, HZ_E_IO, _("hozen-collect ended with exit code %d; nothing was recorded"), status);
    rc = read_answer(&answer, job->folder, out, err);
    if (rc == HZ_OK)
        out->partial = status == HZ_EXIT_PARTIAL;
    return rc;
}
