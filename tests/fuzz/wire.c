/* Messages of a reader that was taken over: the parent believes nothing, and what it prints of them is inert. */
#include "base/text.h"
#include "formats/read/json.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/fuzz.h"
#include "verify/reader.h"
#include "verify/report.h"

int __wrap_r_timestamp_check(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                             struct r_timestamp *out, struct hz_error *err);

/* Without a child: the target timestamp looks at tokens. */
int __wrap_r_timestamp_check(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                             struct r_timestamp *out, struct hz_error *err)
{
    return r_timestamp_judge(bytes, len, roots, out, err);
}

struct heard {
    bool in_file;
    uint64_t left;
};

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct heard *h = context;
    size_t source_len;
    (void)err;
    FUZZ_HOLDS(!h->in_file && r_name_is_payload(path, strlen(path), &source_len));
    *h = (struct heard) { true, size };
    return HZ_OK;
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct heard *h = context;
    (void)err;
    FUZZ_HOLDS(h->in_file && len <= h->left && bytes != NULL);
    h->left -= len;
    return HZ_OK;
}

static int on_file_end(void *context, struct hz_error *err)
{
    struct heard *h = context;
    (void)err;
    FUZZ_HOLDS(h->in_file && h->left == 0);
    h->in_file = false;
    return HZ_OK;
}

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    const struct wire_bytes *texts[] = { &row->path, &row->origin, &row->source, &row->word, &row->more };
    (void)context;
    (void)err;
    FUZZ_HOLDS(row->kind <= READER_ABSENT);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        FUZZ_HOLDS(text_is_utf8(texts[i]->at, texts[i]->len));
    return HZ_OK;
}

static void printed(struct account *account, const struct verdict *verdict)
{
    char *text = NULL;
    size_t len = 0;
    struct r_json j;
    FILE *stream = open_memstream(&text, &len);
    FUZZ_HOLDS(stream != NULL && report_json(stream, account, verdict, NULL) == HZ_OK && fclose(stream) == 0);
    r_json_init(&j, text, len > 0 ? len - 1 : 0);
    FUZZ_HOLDS(len > 0 && text[len - 1] == '\n' && r_json_skip(&j) && r_json_done(&j));
    free(text);
    stream = open_memstream(&text, &len);
    FUZZ_HOLDS(stream != NULL);
    report_text(stream, account, verdict, "bundle.tar", false);
    FUZZ_HOLDS(fclose(stream) == 0 && text_is_utf8(text, len));
    for (size_t i = 0; i < len; i++)
        FUZZ_HOLDS(((unsigned char)text[i] >= 0x20 && text[i] != 0x7f) || text[i] == '\n');
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct verdict_policy nobody = { .now = { 2000000000, 0 } };
    struct heard heard = { false, 0 };
    const struct reader_listener ears = {
        .context = &heard, .file = on_file, .data = on_data, .file_end = on_file_end, .row = on_row
    };
    struct verdict *verdict = calloc(1, sizeof *verdict);
    struct account account;
    struct hz_error err;

    FUZZ_HOLDS(verdict != NULL && r_hash_start(NULL) == HZ_OK);
    account_init(&account);
    if (reader_listen(fuzz_file(0, data, size), &ears, &account, &err) == HZ_OK) {
        report_jail_notice(&account);
        FUZZ_HOLDS(verdict_make(&account, &nobody, verdict, &err) == HZ_OK);
        FUZZ_HOLDS(verdict->answer != VERDICT_VERIFIED); /* nobody is trusted */
        printed(&account, verdict);
    }
    account_free(&account);
    free(verdict);
    return 0;
}
