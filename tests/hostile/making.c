#include "tests/hostile/making.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "formats/write/bundle.h"

/* Numbers that look random and are the same each time (Marsaglia's xorshift64) */
static void fill(unsigned char *bytes, size_t len, uint64_t seed)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15 + 1;
    size_t i;

    for (i = 0; i < len; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        bytes[i] = (unsigned char)(x >> 32);
    }
}

static int put_files(const struct making *m, struct w_bundle *b, struct hz_error *err)
{
    unsigned char *content = malloc(m->size + 1);
    char name[64];
    size_t i;
    int code = content ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "out of memory");

    for (i = 0; i < m->files && !code; i++) {
        if (m->flat)
            snprintf(name, sizeof name, "f%06zu", i);
        else
            snprintf(name, sizeof name, "d%04zu/f%09zu", i / 1000 % 10000, i);
        fill(content, m->size, i + 1);
        code = w_bundle_produced(b, "files", name, "generated", content, m->size, err);
    }
    free(content);
    return code;
}

int making_bundle(const struct making *m, int output, struct hz_error *err)
{
    const struct w_source_summary source = { "files", true, { m->files, 0, 0 } };
    struct w_acquisition acquisition = { .case_id = "C", .operator_name = "Sato Hanako", .sources = &source };
    struct w_bundle_config config = { .name = "SAMPLE-1", .output = output, .compress = m->compress };
    HZ_CLEANUP(io_close) int spools = -1;
    struct w_bundle_result result;
    struct w_bundle *b = NULL;
    struct w_key *key = NULL;
    int code = io_open_directory("/tmp", &spools, err);

    config.started.seconds = 1795176000;
    config.spool_directory = spools;
    acquisition.source_count = 1;
    acquisition.complete = true;
    acquisition.tool.name = "make_bundle";
    acquisition.tool.version = "1";
    acquisition.finished = config.started;
    if (!code)
        code = w_key_generate(&key, W_KEY_P256, W_KEY_COLLECT, err);
    if (!code)
        code = w_bundle_open(&b, &config, err);
    if (!code)
        code = put_files(m, b, err);
    if (!code)
        code = w_bundle_finish(b, &acquisition, key, &result, err);
    w_bundle_free(b);
    w_key_free(key);
    return code;
}

int making_in_memory(const struct making *m, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int directory = -1, fd = -1;
    int code = io_open_directory("/tmp", &directory, err);

    if (!code)
        code = io_create_spool(directory, &fd, err);
    if (!code)
        code = making_bundle(m, fd, err);
    if (!code)
        code = io_rewind(fd, err);
    return code ? code : io_read_all(fd, out, err);
}
