/* Writes one bundle for the stock tools to judge: driver DIRECTORY ALGORITHM(p256|ed25519) FILES KEYFILE [HOW...]
 * HOW: gzip, zstd, sha512, memory (spools), age (encrypted, to a key that nobody has).
 *
 * DIRECTORY/sample.tar (compressed all the same) holds FILES small files below data/files, and one of each special
 * kind: empty, shrunk, limited, changed, grown, with a long component, with names that only pax can hold, with bytes
 * that are not UTF-8. The key is written to KEYFILE, so that ssh-keygen can load it, too.
 *
 * driver DIRECTORY header NAME SIZE writes DIRECTORY/header, the tar header of a member alone. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/num.h"
#include "formats/write/bundle.h"
#include "formats/write/catalog.h"
#include "formats/write/digest.h"
#include "formats/write/merkle.h"
#include "formats/write/name.h"
#include "formats/write/tarhead.h"

#define CHECK(call)                                                                                                    \
    do {                                                                                                               \
        if ((call) != HZ_OK) {                                                                                         \
            fprintf(stderr, "%s: %s\n", #call, err.text);                                                              \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

#define BATCH ((size_t)300 << 10)

static struct hz_error err;

static struct w_stat sample_stat(mode_t mode)
{
    static const struct w_xattr xattrs[] = {
        { { "user.zeta", 9 }, { "\xff\x00\x01", 3 } },
        { { "user.alpha", 10 }, { "1", 1 } },
    };
    struct w_stat s = { .known = true, .mode = mode, .uid = 1000, .gid = 100, .links = 2, .inode = UINT64_MAX };
    s.device_major = 8;
    s.device_minor = 1;
    s.rdevice_major = 1;
    s.rdevice_minor = 3;
    s.atime = (struct stamp) { 1700000000, 1 };
    s.mtime = (struct stamp) { -1, 999999999 };
    s.ctime = (struct stamp) { INT64_MAX, 0 };
    s.btime = (struct stamp) { 253402300800, 5 };
    s.has_btime = true;
    s.xattrs = xattrs;
    s.xattr_count = 2;
    s.xattrs_incomplete = true;
    return s;
}

static void put_host_file(struct w_bundle *b, const char *raw, const char *content, uint64_t size,
                          enum w_file_status outcome)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    size_t len = strlen(raw);
    CHECK(w_name_path(&path, "files", raw, len, &err));
    struct w_file f = {
        .source = "files", .origin = { raw, len }, .method = "read", .stat = sample_stat(S_IFREG | 0640)
    };
    if (path.len > W_NAME_PATH_MAX) {
        buf_reset(&path);
        CHECK(w_name_long(&path, "files", raw, len, &err));
        f.source = "long";
    }
    f.path = buf_text(&path);
    f.acquired_at = stamp_now();
    CHECK(w_bundle_file_begin(b, &f, size, &err));
    CHECK(w_bundle_file_data(b, content, strlen(content), &err));
    CHECK(w_bundle_file_end(b, outcome, &err));
}

/* Many small files, lent as a pipeline does it: some hundred in one buffer. */
struct batch {
    struct w_loan loan;
    struct buf bytes;
};

static void batch_done(struct w_loan *loan)
{
    struct batch *batch = (struct batch *)loan;
    buf_free(&batch->bytes);
    free(batch);
}

static struct batch *new_batch(void)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        exit(1);
    w_loan_init(&batch->loan, batch_done);
    buf_init(&batch->bytes, BATCH);
    buf_grow(&batch->bytes, BATCH); /* the bytes stay where they are from now on */
    batch->bytes.len = 0;
    return batch;
}

static void put_ready(struct w_bundle *b, struct batch *batch, struct w_digest *d, uint64_t number)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(65536);
    char raw[64], path[128], name[160], content[64], sha256[W_DIGEST_HEX], sha512[W_DIGEST_512_HEX];
    unsigned char leaf[W_DIGEST_SIZE];
    snprintf(raw, sizeof raw, "/many/%08" PRIu64, number);
    snprintf(path, sizeof path, "data/files%s", raw);
    snprintf(name, sizeof name, "sample/%s", path);
    size_t len = (size_t)snprintf(content, sizeof content, "content of %" PRIu64 "\n", number);
    size_t from = batch->bytes.len;
    CHECK(w_tarhead_put(&batch->bytes, name, len, w_bundle_mtime(b), &err));
    CHECK(buf_put(&batch->bytes, content, len));
    buf_grow(&batch->bytes, w_tarhead_padding(len));
    CHECK(w_digest_start(d, &err));
    CHECK(w_digest_update(d, content, len, &err));
    CHECK(w_digest_end_hex(d, sha256, &err));
    CHECK(w_digest_end_512_hex(d, sha512, &err));
    const struct w_file f = { .path = path,
                              .source = "files",
                              .origin = { raw, strlen(raw) },
                              .method = "read",
                              .stat = sample_stat(S_IFREG | 0640),
                              .acquired_at = stamp_now() };
    const struct w_catalog_row row = { .file = &f, .size = len, .sha256 = sha256 };
    CHECK(w_catalog_line(&line, &row, &err));
    CHECK(w_merkle_leaf(d, line.data, line.len, leaf, &err));
    CHECK(buf_putc(&line, '\n'));
    const struct w_ready r = { path, "files", len, sha256, sha512, line.data, line.len, leaf };
    CHECK(w_bundle_lend(b, batch->bytes.data + from, batch->bytes.len - from, &batch->loan, &err));
    CHECK(w_bundle_ready(b, &r, &err));
}

static void put_many(struct w_bundle *b, uint64_t count)
{
    struct w_digest *d = NULL;
    struct batch *batch = NULL;
    CHECK(w_digest_new_both(&d, &err));
    for (uint64_t i = 0; i < count; i++) {
        if (batch != NULL && batch->bytes.len + 2048 > BATCH) {
            w_loan_release(&batch->loan);
            batch = NULL;
        }
        if (batch == NULL)
            batch = new_batch();
        put_ready(b, batch, d, i);
    }
    if (batch != NULL)
        w_loan_release(&batch->loan);
    w_digest_free(d);
}

/* Ascending; the letters a to z lead the way. */
static void put_special(struct w_bundle *b, uint64_t files)
{
    char deep[1200] = "/n", long_name[300] = "/o/", too_deep[1800] = "/p";
    put_host_file(b, "/a/empty", "", 0, W_COLLECTED);
    put_host_file(b, "/b/shrunk", "only this", 70000, W_CHANGED);
    put_host_file(b, "/c/shrunk to nothing", "", 5, W_COLLECTED);
    put_host_file(b, "/d/limited", "a part", 6, W_LIMITED);
    put_host_file(b, "/e/grown", "as at open", 10, W_GREW);
    put_host_file(b, "/f/changed", "as read", 7, W_CHANGED);
    put_host_file(b, "/g/CON.txt", "device", 6, W_COLLECTED);
    put_host_file(b, "/h/-rf", "option", 6, W_COLLECTED);
    put_host_file(b, "/i/new\nline\x1b[31m", "escape", 6, W_COLLECTED);
    put_host_file(b, "/j/not\xff\xfeutf8\xe3\x81", "bytes", 5, W_COLLECTED);
    put_host_file(b, "/k/...", "dots", 4, W_COLLECTED);
    put_host_file(b, "/l/back\\slash", "slash", 5, W_COLLECTED);
    put_host_file(b, "/m/\xe8\xa8\xbc\xe6\x8b\xa0", "shoko", 5, W_COLLECTED);
    put_many(b, files);
    for (int i = 0; i < 7; i++) { /* one component of 120 after the other: no '/' splits it for ustar */
        strcat(deep, "/");
        memset(deep + strlen(deep), 'd', 120);
    }
    put_host_file(b, deep, "pax", 3, W_COLLECTED);
    memset(long_name + 3, 'x', 255);
    put_host_file(b, long_name, "cut", 3, W_COLLECTED);
    for (int i = 0; i < 12; i++) {
        strcat(too_deep, "/");
        memset(too_deep + strlen(too_deep), 'e', 100);
    }
    put_host_file(b, too_deep, "long", 4, W_COLLECTED);
}

static void put_records(struct w_bundle *b)
{
    const struct w_moment at = { stamp_now(), stamp_boottime() };
    const struct {
        mode_t mode;
        const char *path, *target;
    } objects[] = {
        { S_IFDIR | 0755, "/a", NULL },      { S_IFLNK | 0777, "/link", "/nowhere\xff" },
        { S_IFIFO | 0600, "/pipe", NULL },   { S_IFSOCK | 0600, "/socket", NULL },
        { S_IFCHR | 0666, "/null", NULL },   { S_IFBLK | 0660, "/disk", NULL },
        { S_IFDIR | 01777, "/tm\np", NULL },
    };
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct w_object o = { .source = "files", .origin = { objects[i].path, strlen(objects[i].path) } };
        o.target = (struct w_bytes) { objects[i].target, objects[i].target != NULL ? strlen(objects[i].target) : 0 };
        o.stat = sample_stat(objects[i].mode);
        o.acquired_at = at.realtime;
        CHECK(w_bundle_object(b, &o, &err));
    }
    for (enum w_absent_status s = W_VANISHED; s <= W_IO_ERROR; s++) {
        struct w_absent a = { .source = "files", .origin = { "/gone", 5 }, .status = s, .reason = "was not there" };
        a.sys_errno = s == W_DENIED ? 13 : 0;
        CHECK(w_bundle_absent(b, &a, &err));
    }
    struct w_absent nameless = { .source = "sessions", .status = W_UNAVAILABLE, .reason = "no such table here" };
    CHECK(w_bundle_absent(b, &nameless, &err));
    struct w_action walk = {
        .action = "walk", .source = "files", .target = "/", .detail = "sample", .start = at, .end = at
    };
    walk.count = 3;
    CHECK(w_bundle_action(b, &walk, &err));
}

static void finish(struct w_bundle *b, const struct w_key *key)
{
    static const char *const witnesses[] = { "Tanaka Ken" };
    const struct w_bytes command[] = { { "driver", 6 }, { "--odd\xff", 6 } }, paths[] = { { "/a", 2 } };
    const struct w_bytes mounts[] = { { "/proc", 5 }, { "/dev", 4 } };
    struct w_source_summary sources[] = { { .name = "system", .complete = true },
                                          { .name = "files" },
                                          { .name = "long", .complete = true },
                                          { .name = "sessions" } };
    for (size_t i = 0; i < 4; i++)
        w_bundle_source_counts(b, sources[i].name, &sources[i].counts);
    struct w_acquisition a = { .case_id = "INC-2026-042", .operator_name = "Sato Hanako", .organisation = "CSIRT" };
    a.exhibit = "A-1";
    a.authority = "order 7";
    a.reason = "intrusion";
    a.location = "rack 3";
    a.witnesses = witnesses;
    a.witness_count = 1;
    a.host.hostname = "web01";
    a.clock_start = (struct w_moment) { stamp_now(), stamp_boottime() };
    a.clock_end = a.clock_start;
    a.offset_start_minutes = a.offset_end_minutes = 540;
    a.reference.known = true;
    a.reference.time = (struct stamp) { 100, 5 };
    a.reference.taken_at = (struct stamp) { 101, 0 };
    a.tool.name = "hozen-collect";
    a.tool.version = HOZEN_VERSION;
    a.tool.command_line = command;
    a.tool.command_line_count = 2;
    a.requested.paths = paths;
    a.requested.path_count = 1;
    a.sources = sources;
    a.source_count = 4;
    a.mounts_not_crossed = mounts;
    a.mount_count = 2;
    a.finished = stamp_now();
    struct w_bundle_result r;
    CHECK(w_bundle_finish(b, &a, key, &r, &err));
    printf("content_id=%s\nfile_sha256=%s\nfiles=%" PRIu64 "\nbytes=%" PRIu64 "\nfile_bytes=%" PRIu64
           "\nfingerprint=%s\n",
           r.content_id, r.file_sha256, r.files, r.bytes, r.file_bytes, w_key_fingerprint(key));
}

static int write_header(int directory, const char *name, const char *size_text)
{
    uint64_t size = 0;
    int output = -1;
    HZ_CLEANUP(buf_free) struct buf header = BUF_INIT(65536);
    if (num_parse_u64(size_text, strlen(size_text), UINT64_MAX, &size) != HZ_OK)
        return 2;
    CHECK(w_tarhead_put(&header, name, size, 1700000000, &err));
    CHECK(io_create_new(directory, "header", 0600, &output, &err));
    CHECK(io_write(output, header.data, header.len, &err));
    io_close(&output);
    return 0;
}

static void set_how(struct w_bundle_config *config, const char *how)
{
    if (strcmp(how, "gzip") == 0)
        config->compress = W_COMPRESS_GZIP;
    if (strcmp(how, "zstd") == 0)
        config->compress = W_COMPRESS_ZSTD;
    if (strcmp(how, "sha512") == 0)
        config->sha512 = true;
    if (strcmp(how, "age") == 0) {
        static const char *const recipient[] = { "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p" };
        config->recipients = recipient;
        config->recipient_count = 1;
    }
    if (strcmp(how, "memory") == 0) {
        config->spool_directory = -1;
        config->spool_memory = (size_t)44 << 20;
    }
}

int main(int argc, char **argv)
{
    uint64_t files = 0;
    int directory = -1, output = -1;
    struct w_key *key = NULL;
    struct w_bundle *b = NULL;
    HZ_CLEANUP(buf_free) struct buf pem = BUF_INIT(65536);
    if (argc < 5)
        return 2;
    CHECK(io_open_directory(argv[1], &directory, &err));
    if (strcmp(argv[2], "header") == 0)
        return write_header(directory, argv[3], argv[4]);
    if (num_parse_u64(argv[3], strlen(argv[3]), 99999999, &files) != HZ_OK)
        return 2;
    CHECK(io_create_new(directory, "sample.tar", 0600, &output, &err));
    CHECK(w_key_generate(&key, strcmp(argv[2], "p256") == 0 ? W_KEY_P256 : W_KEY_ED25519, W_KEY_COLLECT, &err));
    CHECK(w_key_private_pem(key, NULL, &pem, &err));
    CHECK(io_commit_bytes(argv[4], 0600, pem.data, pem.len, &err));
    struct w_bundle_config config = {
        .name = "sample", .output = output, .spool_directory = directory, .started = stamp_now()
    };
    for (int i = 5; i < argc; i++)
        set_how(&config, argv[i]);
    CHECK(w_bundle_open(&b, &config, &err));
    CHECK(w_bundle_produced(b, "system", "identity.json", "generated", "{}\n", 3, &err));
    put_special(b, files);
    put_records(b);
    finish(b, key);
    w_bundle_free(b);
    w_key_free(key);
    io_close(&output);
    io_close(&directory);
    return 0;
}
