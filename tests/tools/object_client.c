/* Lets a test use the product's client of object stores alone. Prints what came back, or the error and its class. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "custody/s3.h"

static int print_bytes(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    return fwrite(bytes, 1, len, context) == len ? HZ_OK : hz_error_set(err, HZ_E_IO, "stdout");
}

static int print_key(void *context, const char *key, struct hz_error *err)
{
    (void)err;
    fprintf(context, "%s\n", key);
    return HZ_OK;
}

static int put(struct s3 *s, char **a, struct hz_error *err)
{
    char version[S3_NAME] = "";
    int fd = open(a[1], O_RDONLY | O_CLOEXEC);
    int rc = s3_put_file(s, a[0], fd, version, err);

    if (rc == HZ_OK)
        puts(version);
    close(fd);
    return rc;
}

static int small(struct s3 *s, char **a, struct hz_error *err)
{
    char version[S3_NAME] = "";
    int rc = s3_put(s, a[0], a[1], strlen(a[1]), version, err);

    if (rc == HZ_OK)
        puts(version);
    return rc;
}

/* So many objects, "<prefix>1" and on. */
static int many(struct s3 *s, char **a, struct hz_error *err)
{
    char version[S3_NAME], key[256];
    int rc = HZ_OK;

    for (unsigned i = 1, count = (unsigned)strtoul(a[1], NULL, 10); rc == HZ_OK && i <= count; i++) {
        snprintf(key, sizeof key, "%s%u", a[0], i);
        rc = s3_put(s, key, "x", 1, version, err);
    }
    return rc;
}

static int look(struct s3 *s, char **a, struct hz_error *err)
{
    struct s3_found found;
    int rc = s3_look(s, a[0], a[1], &found, err);

    if (rc == HZ_OK)
        printf("%llu %s\n", (unsigned long long)found.size, found.version);
    return rc;
}

static int lock(struct s3 *s, char **a, struct hz_error *err)
{
    struct s3_lock found;
    int rc = s3_lock_of(s, a[0], a[1], &found, err);

    if (rc == HZ_OK)
        printf("%s %s %s\n", found.hold ? "hold" : "-", found.mode, found.until);
    return rc;
}

static int keep(struct s3 *s, char **a, struct hz_error *err)
{
    struct s3_lock lock = { .hold = strcmp(a[2], "hold") == 0 };

    if (!lock.hold) {
        snprintf(lock.mode, sizeof lock.mode, "COMPLIANCE");
        snprintf(lock.until, sizeof lock.until, "%s", a[2]);
    }
    return s3_lock_set(s, a[0], a[1], &lock, err);
}

static int fetch(struct s3 *s, char **a, struct hz_error *err)
{
    return s3_read(s, a[0], a[1], &(struct s3_sink) { print_bytes, stdout }, err);
}

static int list(struct s3 *s, char **a, struct hz_error *err)
{
    return s3_list(s, a[0] == NULL ? "" : a[0], print_key, stdout, err);
}

static int bucket(struct s3 *s, char **a, struct hz_error *err)
{
    (void)a;
    return s3_bucket(s, err);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(struct s3 *s, char **arguments, struct hz_error *err);
        int needs;
    } commands[] = { { "bucket", bucket, 0 }, { "many", many, 2 },  { "put", put, 2 },
                     { "small", small, 2 },   { "look", look, 1 },  { "lock", lock, 2 },
                     { "keep", keep, 3 },     { "read", fetch, 1 }, { "list", list, 0 } };
    struct s3 s = { 0 };
    struct hz_error err = { .code = HZ_OK };
    int rc = argc < 3 ? HZ_E_USAGE : s3_open(&s, argv[1], &err);

    for (size_t i = 0; rc == HZ_OK && i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[2], commands[i].name) == 0)
            rc = argc - 3 < commands[i].needs ? HZ_E_USAGE : commands[i].run(&s, argv + 3, &err);
    if (rc != HZ_OK)
        fprintf(stderr, "%d %s\n", rc, err.text);
    s3_close(&s);
    return rc != HZ_OK;
}
