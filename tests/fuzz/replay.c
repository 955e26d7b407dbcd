/* TARGET [--least N] FILE|FOLDER|PACK...: what libFuzzer does, without it: each input once, in memory of exactly its
 * size. A pack (*.pack) holds many: each behind its length in four bytes, least first. With --least it fails when there
 * were fewer. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>

#include "base/io_rw.h"
#include "base/num.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX ((size_t)64 << 20)

static uint64_t one(const unsigned char *bytes, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);

    if (copy == NULL)
        abort();
    memcpy(copy, len > 0 ? bytes : (const unsigned char *)"", len);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
    return 1;
}

static uint64_t pack(const char *path, const unsigned char *p, size_t left)
{
    uint64_t count = 0;

    while (left >= 4) {
        size_t len = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
        if (len > left - 4)
            break;
        count += one(p + 4, len);
        p += 4 + len;
        left -= 4 + len;
    }
    if (left > 0) {
        fprintf(stderr, "%s ends inside an input\n", path);
        exit(3);
    }
    return count;
}

static uint64_t file(const char *path)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(INPUT_MAX);
    struct hz_error err;
    size_t n = strlen(path);

    if (io_read_file(path, &bytes, &err) != HZ_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(3);
    }
    if (n > 5 && strcmp(path + n - 5, ".pack") == 0)
        return pack(path, bytes.data, bytes.len);
    return one(bytes.data, bytes.len);
}

static uint64_t all(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    uint64_t count = 0;

    if (folder == NULL && errno == ENOTDIR)
        return file(path);
    if (folder == NULL) {
        fprintf(stderr, "%s cannot be opened\n", path);
        exit(3);
    }
    while ((entry = readdir(folder)) != NULL) {
        char inside[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        count += file(inside);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    uint64_t count = 0, least = 1;
    int i = 1;

    if (argc > 2 && strcmp(argv[1], "--least") == 0) {
        if (num_parse_u64(argv[2], strlen(argv[2]), UINT32_MAX, &least) != HZ_OK)
            return 2;
        i = 3;
    }
    for (; i < argc; i++)
        count += all(argv[i]);
    printf("%" PRIu64 " inputs\n", count);
    return count >= least ? 0 : 1;
}
