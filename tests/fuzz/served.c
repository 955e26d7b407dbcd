/* A whole bundle through both sides of the pipe, without a process: what the parent hears is what the reader found. */
#include <unistd.h>

#include "tests/fuzz/file.h"
#include "tests/fuzz/reading.h"
#include "verify/reader.h"

int __wrap_r_pool_start(struct r_pool **out, unsigned workers, struct hz_error *err);
void __wrap_r_pool_stop(struct r_pool *pool);
int __real_r_pool_start(struct r_pool **out, unsigned workers, struct hz_error *err);

/* The reader's own pool, which has no threads here, is kept: what it decodes with takes as long to make as the rest. */
int __wrap_r_pool_start(struct r_pool **out, unsigned workers, struct hz_error *err)
{
    static struct r_pool *kept;
    int code = kept == NULL ? __real_r_pool_start(&kept, workers, err) : HZ_OK;

    FUZZ_HOLDS(workers == 0);
    *out = kept;
    return code;
}

void __wrap_r_pool_stop(struct r_pool *pool)
{
    (void)pool;
}

static void compare(const struct r_bundle_result *heard, const struct r_bundle_result *found)
{
    FUZZ_HOLDS(heard->files == found->files && heard->bytes == found->bytes && heard->ended == found->ended);
    FUZZ_HOLDS(heard->complete == found->complete && heard->has_content_id == found->has_content_id);
    FUZZ_HOLDS(memcmp(heard->content_id, found->content_id, R_SHA256_SIZE) == 0);
    FUZZ_HOLDS(strcmp(heard->name, found->name) == 0 && heard->findings.count == found->findings.count);
    for (size_t i = 0; i < heard->findings.count; i++) {
        FUZZ_HOLDS(heard->findings.list[i].code == found->findings.list[i].code);
        FUZZ_HOLDS(heard->findings.list[i].offset == found->findings.list[i].offset);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct reader_listener deaf = { .context = NULL };
    struct reader_job job = { .fd = fuzz_file(0, data, size), .want_data = true, .want_rows = true };
    int sent = fuzz_file(1, data, 0);
    struct account account;
    struct reading found;

    reading_do(&found, data, size, 0);
    account_init(&account);
    FUZZ_HOLDS(reader_serve(&job, sent) == HZ_EXIT_OK && lseek(sent, 0, SEEK_SET) == 0);
    FUZZ_HOLDS(reader_listen(sent, &deaf, &account, FUZZ_ERR) == HZ_OK);
    FUZZ_HOLDS(account.signature_count == found.signatures);
    compare(&account.result, &found.result);
    account_free(&account);
    reading_free(&found);
    return 0;
}
