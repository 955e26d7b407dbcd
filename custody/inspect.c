#include "custody/inspect.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_tree.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "custody/check_database.h"
#include "custody/inspect_type.h"
#include "formats/write/random.h"

#define ANSWER_MAX ((size_t)64 << 20)
#define BYTES_MAX ((uint64_t)1 << 30) /* of payload that is taken out whole; of more, the databases alone */
#define DATABASES "data/databases"

static void release(char **text)
{
    free(*text);
}

void inspect_free(struct inspection *i)
{
    while (i->text_count > 0)
        free(i->texts[--i->text_count]);
    memset(i, 0, sizeof *i);
}

void inspect_trouble(struct inspection *i, const char *why)
{
    if (i->record.trouble == NULL)
        i->record.trouble = inspect_keep(i, why, strlen(why));
}

/* Control characters (C0, DEL, C1) become U+FFFD, in place of whatever else they might do. */
static void put_line(struct buf *out, const struct buf *text)
{
    for (size_t at = 0; at < text->len;) {
        size_t n = text_utf8_sequence(text->data + at, text->len - at);
        unsigned char c = text->data[at];
        if (out->len + n > INSPECT_TEXT_MAX - 3) {
            buf_puts(out, "...");
            return;
        }
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && text->data[at + 1] < 0xa0))
            buf_puts(out, "\xef\xbf\xbd");
        else
            buf_put(out, text->data + at, n);
        at += n;
    }
}

const char *inspect_keep(struct inspection *i, const void *text, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf valid = BUF_INIT((size_t)4 << 20), line = BUF_INIT(2 * INSPECT_TEXT_MAX);
    if (text_to_utf8(&valid, text, len) != HZ_OK || i->text_count == INSPECT_TEXTS)
        return NULL;
    put_line(&line, &valid);
    while (line.len > 0 && line.data[line.len - 1] == ' ')
        line.len--;
    size_t start = 0;
    while (start < line.len && line.data[start] == ' ')
        start++;
    if (start == line.len) { /* a record holds no empty text */
        buf_puts(&line, "?");
    }
    char *copy = buf_text(&line) == NULL ? NULL : text_copy((const char *)line.data + start);
    if (copy != NULL)
        i->texts[i->text_count++] = copy;
    return copy;
}

static const char *keep(struct inspection *i, const char *text)
{
    char *copy = i->text_count == INSPECT_TEXTS ? NULL : text_copy(text);
    if (copy != NULL)
        i->texts[i->text_count++] = copy;
    return copy;
}

const char *inspect_path(struct inspection *i, const char *path)
{
    return keep(i, path);
}

/* --- the loop --- */

struct visit {
    struct inspection *inspection;
    struct inspect_types *types; /* NULL: no types */
    struct buf path;             /* of the folder at work: "data/files" */
};

static int visit_file(struct visit *v, int folder, const char *name, int path_fd, const struct statx *st,
                      struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int noatime;
    struct inspect_file file = { .path = (const char *)v->path.data, .folder = folder, .name = name };
    int rc = io_evidence_reopen(path_fd, &fd, &noatime, err);
    file.fd = fd;
    file.size = st->stx_size;
    if (rc == HZ_OK)
        rc = check_database(v->inspection, &file, err);
    return rc == HZ_OK && v->types != NULL ? inspect_type_add(v->types, &file, err) : rc;
}

static int visit_folder(struct visit *v, int path_fd, struct hz_error *err);

static int visit_entry(struct visit *v, int folder, const char *name, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    size_t len = v->path.len;
    struct statx st;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return HZ_OK;
    int rc = io_evidence_look(folder, name, &fd, err);
    if (rc == HZ_OK)
        rc = io_statx(fd, &st, err);
    if (rc != HZ_OK)
        return rc;
    buf_printf(&v->path, len == 0 ? "%s" : "/%s", name);
    if (buf_text(&v->path) == NULL)
        rc = buf_check(&v->path, err);
    else if (S_ISDIR(st.stx_mode))
        rc = visit_folder(v, fd, err);
    else if (S_ISREG(st.stx_mode))
        rc = visit_file(v, folder, name, fd, &st, err);
    v->path.len = len;
    return rc;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* A payload path has at most 900 bytes: the recursion is bounded. */
static int visit_folder(struct visit *v, int path_fd, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct dirent **entries = NULL;
    int noatime;
    int rc = io_evidence_directory(path_fd, &fd, &noatime, err);
    if (rc != HZ_OK)
        return rc;
    int count = scandirat(fd, ".", &entries, NULL, by_name);
    if (count < 0)
        return hz_error_set(err, HZ_E_IO, "%s", _("cannot list a folder that was taken out"));
    for (int n = 0; n < count; n++) {
        if (rc == HZ_OK)
            rc = visit_entry(v, fd, entries[n]->d_name, err);
        free(entries[n]);
    }
    free(entries);
    return rc;
}

/* --- out of the bundle --- */

static int begin_folder(struct io_tree *tree, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    const char *where = getenv("TMPDIR");
    char random[17];
    int rc = w_random_hex(random, 8, err);
    if (rc != HZ_OK)
        return rc;
    buf_printf(&path, "%s/hozen-%s", where != NULL && where[0] == '/' ? where : "/var/tmp", random);
    return buf_text(&path) == NULL ? buf_check(&path, err) : io_tree_begin(tree, (const char *)path.data, err);
}

static uint64_t payload(const struct verifier *v)
{
    uint64_t bytes = UINT64_MAX;
    if (v->bytes != NULL && num_parse_u64(v->bytes, strlen(v->bytes), UINT64_MAX, &bytes) != HZ_OK)
        bytes = UINT64_MAX;
    return bytes;
}

/* Its answer; what it says to people on stderr is said already by hozen-verify verify. */
static int put_answer(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    struct buf *answer = context;
    if (!error)
        buf_put(answer, bytes, len);
    return buf_check(answer, err);
}

static bool never(void *context)
{
    (void)context;
    return false;
}

/* Into the folder behind `into`, under the name "out". *status: its exit code. */
static int extract(const char *bundle, int into, const char *only, struct buf *answer, int *status,
                   struct hz_error *err)
{
    static const char *const environment[] = { "LC_ALL=C", NULL };
    HZ_CLEANUP(release) char *program = NULL;
    HZ_CLEANUP(buf_free) struct buf to = BUF_INIT(64);
    int rc = child_sibling("hozen-verify", &program, err);
    buf_printf(&to, "/proc/self/fd/%d/out", into);
    if (rc != HZ_OK || buf_text(&to) == NULL)
        return rc == HZ_OK ? buf_check(&to, err) : rc;
    const char *const argv[] = { "hozen-verify", "extract", "--json", "--to", (const char *)to.data,
                                 "--",           bundle,    only,     NULL };
    const struct child_spec spec = {
        .path = program, .argv = argv, .envp = environment, .keep = &into, .keep_count = 1
    };
    const struct child_reader reader = { .context = answer, .put = put_answer, .stopped = never };
    return child_stream(&spec, &reader, status, err);
}

/* Are these the bytes that were verified before? */
static bool same_evidence(const struct buf *answer, const struct verifier *v)
{
    HZ_CLEANUP(verifier_free) struct verifier now = { 0 };
    struct hz_error ignored;
    return verifier_read(&now, answer->data, answer->len, &ignored) == HZ_OK &&
           text_equal(now.content_id, v->content_id);
}

static int look(struct inspection *i, int into, bool types, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct visit v = { .inspection = i, .path = BUF_INIT(4096) };
    struct hz_error why;
    int rc = io_evidence_look(into, "out", &fd, err);
    if (types && inspect_type_begin(&v.types, &why) != HZ_OK)
        inspect_trouble(i, why.text);
    if (rc == HZ_OK)
        rc = visit_folder(&v, fd, err);
    if (rc == HZ_OK && v.types != NULL)
        rc = inspect_type_end(v.types, i, err);
    inspect_type_free(v.types);
    buf_free(&v.path);
    return rc;
}

static int take_out(struct inspection *i, const char *bundle, const struct verifier *v, int into, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf answer = BUF_INIT(ANSWER_MAX);
    uint64_t bytes = payload(v), space = 0;
    int status = 0, rc = io_free_space(into, &space, err);
    bool whole = bytes <= BYTES_MAX && bytes < space / 2;
    if (rc == HZ_OK)
        rc = extract(bundle, into, whole ? NULL : DATABASES, &answer, &status, err);
    if (rc != HZ_OK)
        return rc;
    if (status != HZ_EXIT_OK || !same_evidence(&answer, v)) {
        inspect_trouble(i, whole ? "it could not be unpacked"
                                 : "too much to be unpacked here: neither the types of files nor databases, if it has "
                                   "any, were looked at");
        return HZ_OK;
    }
    if (!whole)
        inspect_trouble(i, "too much to be unpacked here: the types of files were not looked at");
    return look(i, into, whole, err);
}

int inspect_bundle(struct inspection *out, const char *bundle, const struct verifier *v, struct hz_error *err)
{
    HZ_CLEANUP(io_tree_abort) struct io_tree tree = IO_TREE_INIT;
    struct hz_error why = { .code = HZ_OK };
    inspect_free(out);
    out->record.databases = out->databases;
    out->record.types = out->types;
    if (!text_equal(v->integrity, "intact")) {
        inspect_trouble(out, "it is not intact");
        return HZ_OK;
    }
    int rc = begin_folder(&tree, &why);
    if (rc == HZ_OK)
        rc = take_out(out, bundle, v, tree.fd, &why);
    if (rc == HZ_E_NOMEM) {
        *err = why;
        return rc;
    }
    if (rc != HZ_OK)
        inspect_trouble(out, why.text);
    return HZ_OK;
}
