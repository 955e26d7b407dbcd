/* Tag files of fixed form: bag-info.txt, bagit.txt, merkle-root.txt, blind.txt. */
#include "formats/read/bag.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

static void put(struct buf *out, const char *key, const struct r_bag_text *text)
{
    if (text->at != NULL) {
        buf_printf(out, "%s: ", key);
        buf_put(out, text->at, text->len);
        buf_putc(out, '\n');
    }
}

/* Every byte of what is accepted belongs to a value. */
static void accepted(const char *text, size_t len, const struct r_bag_info *i)
{
    HZ_CLEANUP(buf_free) struct buf again = BUF_INIT(2 * R_BAG_INFO_MAX);

    put(&again, "External-Identifier", &i->identifier);
    put(&again, "Bagging-Date", &i->date);
    buf_printf(&again, "Payload-Oxum: %llu.%llu\n", (unsigned long long)i->octets, (unsigned long long)i->count);
    put(&again, "Source-Organization", &i->organisation);
    put(&again, "Contact-Name", &i->contact);
    put(&again, "Internal-Sender-Identifier", &i->sender);
    put(&again, "Bag-Software-Agent", &i->agent);
    FUZZ_HOLDS(again.failed == HZ_OK && again.len == len && memcmp(again.data, text, len) == 0);
    FUZZ_HOLDS(text_is_utf8(text, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    unsigned char root[R_SHA256_SIZE];
    char again[200], hex[R_SHA256_HEX];
    struct r_bag_info info;
    uint64_t count;

    if (r_bag_info(text, size, &info) == HZ_OK)
        accepted(text, size, &info);
    if (r_bag_merkle(text, size, &count, root) == HZ_OK) {
        text_hex(hex, root, sizeof root);
        snprintf(again, sizeof again, "%llu\n%s\n", (unsigned long long)count, hex);
        FUZZ_HOLDS(strlen(again) == size && memcmp(again, text, size) == 0);
    }
    if (r_bag_is_blind(text, size))
        FUZZ_HOLDS(size == R_BAG_BLIND_SIZE && text[64] == '\n');
    if (r_bag_is_bagit(text, size))
        FUZZ_HOLDS(size > 0 && text[size - 1] == '\n');
    return 0;
}
