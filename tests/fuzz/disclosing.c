#include "tests/fuzz/disclosing.h"

#include "formats/write/tarhead.h"

#define TAR_MAX ((size_t)16 << 20)

struct making {
    const char *path;
    char name[128]; /* of the bundle, with its slash */
    uint64_t mtime;
    struct buf tar, file;
    bool wanted, found; /* wanted: the file that is being told */
};

static int put(struct making *m, const char *name, const void *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT(2048);
    buf_puts(&full, m->name);
    buf_puts(&full, name);
    FUZZ_HOLDS(buf_text(&full) != NULL);
    FUZZ_HOLDS(w_tarhead_put(&m->tar, (const char *)full.data, len, m->mtime, FUZZ_ERR) == HZ_OK);
    if (len > 0)
        buf_put(&m->tar, bytes, len);
    buf_grow(&m->tar, w_tarhead_padding(len));
    return m->tar.failed;
}

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct making *m = context;
    (void)size;
    (void)err;
    m->wanted = strcmp(path, m->path) == 0;
    m->found = m->found || m->wanted;
    return HZ_OK;
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct making *m = context;
    (void)err;
    return m->wanted ? buf_put(&m->file, bytes, len) : HZ_OK;
}

/* disclosure.txt comes before all, the file before its line. */
static int on_part(void *context, const char *name, uint64_t mtime, const void *bytes, size_t len, struct hz_error *err)
{
    struct making *m = context;
    const char *slash = strchr(name, '/');
    int code = HZ_OK;
    (void)err;
    FUZZ_HOLDS(slash != NULL && (size_t)(slash - name) + 1 < sizeof m->name);
    if (m->tar.len == 0) {
        memcpy(m->name, name, (size_t)(slash - name) + 1);
        m->mtime = mtime;
        code = put(m, "disclosure.txt", r_disclosed_text, strlen(r_disclosed_text));
    }
    FUZZ_HOLDS(strncmp(name, m->name, strlen(m->name)) == 0 && mtime == m->mtime);
    if (code == HZ_OK && strcmp(slash + 1, r_disclosed_names[R_DISCLOSED_LINE]) == 0)
        code = put(m, m->path, m->file.data, m->file.len);
    return code == HZ_OK ? put(m, slash + 1, bytes, len) : code;
}

static int on_signature(void *context, const char *keyid, const void *bytes, size_t len, uint64_t offset,
                        struct hz_error *err)
{
    char name[128];
    (void)offset;
    (void)err;
    snprintf(name, sizeof name, "signatures/%s.sshsig", keyid);
    return put(context, name, bytes, len);
}

static void check(struct making *m, const struct reading *of)
{
    struct reading r;
    buf_grow(&m->tar, w_tarhead_end(m->tar.len));
    FUZZ_HOLDS(m->tar.failed == HZ_OK);
    reading_do(&r, m->tar.data, m->tar.len, 0);
    FUZZ_HOLDS(r.result.disclosure && r.files == 1 && r.bytes == m->file.len && r.signatures == of->signatures);
    FUZZ_HOLDS(reading_is_whole(&r));
    FUZZ_HOLDS(memcmp(r.result.content_id, of->result.content_id, R_SHA256_SIZE) == 0);
    reading_free(&r);
}

void disclosing_try(const char *path, const struct reading *of, const uint8_t *bytes, size_t len)
{
    struct making m = { .path = path, .tar = BUF_INIT(TAR_MAX), .file = BUF_INIT(TAR_MAX) };
    struct r_bundle_sink sink = {
        .context = &m, .file = on_file, .data = on_data, .signature = on_signature, .disclose = path, .part = on_part
    };
    struct r_bundle_result result;
    reading_with(&sink, &result, bytes, len, 0);
    if (m.found && m.tar.failed == HZ_OK)
        check(&m, of);
    r_bundle_result_free(&result);
    buf_free(&m.tar);
    buf_free(&m.file);
}
