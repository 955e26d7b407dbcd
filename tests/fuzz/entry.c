/* Entries of the log, statements that wait for signatures, texts of checkpoints. */
#include "base/text.h"
#include "formats/read/checkpoint.h"
#include "formats/read/ledger.h"
#include "formats/read/signing.h"
#include "tests/fuzz/fuzz.h"

static void signatures(const struct r_signatures *s, const struct buf *bytes)
{
    struct r_ledger_signers signers;

    FUZZ_HOLDS(s->count >= 1 && s->count <= R_ENTRY_SIGNATURES);
    int code = r_ledger_verify(bytes->data, bytes->len, s, &signers, FUZZ_ERR);
    FUZZ_HOLDS(code == HZ_OK || code == HZ_E_INVALID);
}

static void as_entry(const uint8_t *data, size_t size)
{
    struct r_entry e = { 0 };
    int code = r_entry_parse(&e, data, size, FUZZ_ERR);

    FUZZ_HOLDS(code == HZ_OK || code == HZ_E_FORMAT || code == HZ_E_UNSUPPORTED);
    if (code != HZ_OK)
        return;
    FUZZ_HOLDS(strlen(e.ledger) == 64 && e.statement.len > 0);
    signatures(&e.signatures, &e.statement);
    r_entry_free(&e);
}

static void as_signing(const uint8_t *data, size_t size)
{
    struct r_signing s = { 0 };
    int code = r_signing_parse(&s, data, size, FUZZ_ERR);

    FUZZ_HOLDS(code == HZ_OK || code == HZ_E_FORMAT || code == HZ_E_UNSUPPORTED);
    if (code != HZ_OK)
        return;
    signatures(&s.signatures, &s.statement_bytes);
    r_signing_free(&s);
}

/* A checkpoint's text is the only one of what it says. */
static void as_checkpoint(const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf again = BUF_INIT(1024);
    struct r_checkpoint c;

    if (r_checkpoint_parse(&c, data, size, FUZZ_ERR) != HZ_OK)
        return;
    buf_printf(&again, "hozen-ledger/%s\n%llu\n", c.ledger, (unsigned long long)c.size);
    text_base64(&again, c.root, sizeof c.root);
    buf_putc(&again, '\n');
    FUZZ_HOLDS(again.len == size && memcmp(again.data, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (r_hash_start(NULL) != HZ_OK)
        return 0;
    as_entry(data, size);
    as_signing(data, size);
    as_checkpoint(data, size);
    return 0;
}
