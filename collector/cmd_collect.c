#include "collector/cmd_collect.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "cli/out.h"
#include "cli/passphrase.h"
#include "collector/bounds.h"
#include "collector/detached.h"
#include "collector/facts.h"

#define SIGN_ATTEMPTS 10
#define SIGN_PAUSE 10 /* seconds, to plug a token in */

struct command_line {
    struct buf text;
    struct w_bytes *words; /* owned, point into text */
    size_t count;
};

static void command_line_free(struct command_line *c)
{
    buf_free(&c->text);
    free(c->words);
}

/* As the kernel knows it: each word with its NUL. Unknown where /proc is not there. */
static int command_line_read(struct command_line *c, struct hz_error *err)
{
    struct hz_error ignored;
    buf_init(&c->text, (size_t)4 << 20);
    if (io_read_file("/proc/self/cmdline", &c->text, &ignored) != HZ_OK)
        buf_reset(&c->text);
    size_t count = 0;
    for (size_t i = 0; i < c->text.len; i++)
        count += c->text.data[i] == '\0';
    c->words = calloc(count + 1, sizeof *c->words);
    if (c->words == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    const char *word = (const char *)c->text.data;
    for (c->count = 0; c->count < count; c->count++) {
        c->words[c->count] = (struct w_bytes) { word, strlen(word) };
        word += c->words[c->count].len + 1;
    }
    return HZ_OK;
}

struct asking {
    const char *file, *key;
    struct cli_passphrase passphrase;
    struct hz_error why; /* of a passphrase that could not be had */
};

static const char *ask(void *context)
{
    struct asking *a = context;
    if (cli_passphrase_get(a->file, a->key, &a->passphrase, &a->why) != HZ_OK)
        return NULL;
    return a->passphrase.text;
}

/* What was collected is not thrown away because nobody was at hand to touch a token: the agent is asked again. */
static bool tell(const void *context, const struct w_key *key, unsigned attempt, const struct hz_error *why)
{
    const struct cli_args *args = context;
    if (attempt == SIGN_ATTEMPTS)
        return false;
    if (attempt > 0) {
        cli_note(args, _("not signed yet: %s; asking again (%u of %d)"), why->text, attempt + 1, SIGN_ATTEMPTS);
        if (why->code != HZ_E_TIMEOUT)
            nanosleep(&(struct timespec) { SIGN_PAUSE, 0 }, NULL);
    }
    if (w_key_of_token(key))
        cli_note(args, _("touch the token of the key %s now; it waits for %d seconds"), w_key_fingerprint(key),
                 W_KEY_AGENT_SECONDS);
    return true;
}

static int get_key(const struct cli_args *args, struct w_key **key, struct hz_error *err)
{
    const char *path = cli_value(args, "key");
    if (path == NULL)
        return w_key_generate(key, W_KEY_P256, W_KEY_COLLECT, err);
    struct asking asking = { .file = cli_value(args, "passphrase-file"), .key = path };
    int rc = w_key_load(key, path, W_KEY_COLLECT, ask, &asking, err);
    if (rc == HZ_OK)
        w_key_on_agent(*key, tell, args);
    cli_passphrase_wipe(&asking.passphrase);
    if (rc != HZ_OK && asking.why.code != HZ_OK)
        *err = asking.why;
    return rc;
}

static void free_key(struct w_key **key)
{
    w_key_free(*key);
}

static int collect(const struct cli_args *args, const struct collect_options *o)
{
    HZ_CLEANUP(free_key) struct w_key *key = NULL;
    HZ_CLEANUP(collect_result_free) struct collect_result result = { 0 };
    struct hz_error err = { .code = HZ_OK };
    int code;
    if (get_key(args, &key, &err) != HZ_OK || collect_run(o, key, &result, &err) != HZ_OK) {
        code = cli_fail(args, &err);
    } else {
        w_key_forget(key);
        code = cmd_collect_show(args, o, &result, key, cli_value(args, "key") == NULL);
    }
    if (detached_any()) { /* it may still read what was asked for: nothing is freed under it */
        free_key(&key);
        _exit(cli_out_finish(args->command->program, code));
    }
    return code;
}

static void free_survey(struct survey **survey)
{
    survey_free(*survey);
}

static int plan(const struct cli_args *args, const struct collect_options *o)
{
    HZ_CLEANUP(free_survey) struct survey *survey = NULL;
    struct hz_error err = { .code = HZ_OK };
    if (survey_run(o, &survey, &err) != HZ_OK)
        return cli_fail(args, &err);
    return cmd_collect_plan(args, o, survey);
}

static int look_at(const char *path, struct statx *st, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = io_open_directory(path, &fd, err);
    return rc == HZ_OK ? io_statx(fd, st, err) : rc;
}

/* An image, not this host by another name: then it would be taken as one that does not run. */
static int check_root(const struct cli_args *args, struct hz_error *err)
{
    const char *path = cli_value(args, "root");
    struct statx here, there;
    if (path == NULL)
        return HZ_OK;
    int rc = look_at("/", &here, err);
    if (rc == HZ_OK)
        rc = look_at(path, &there, err);
    if (rc == HZ_OK && here.stx_ino == there.stx_ino && here.stx_dev_major == there.stx_dev_major &&
        here.stx_dev_minor == there.stx_dev_minor)
        rc = cli_usage(args->command, err, _("--root names the root of this host: leave it out"));
    return rc;
}

static int name_item(struct collect_options *o, struct buf *item, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int root = -1;
    int rc = options_rooted(o) ? io_open_directory(o->root, &root, err) : HZ_OK;
    if (rc != HZ_OK)
        return rc;
    char *hostname = root < 0 ? facts_hostname() : facts_image_hostname(root);
    rc = options_item(item, hostname, stamp_now(), err);
    free(hostname);
    o->item = (const char *)item->data;
    return rc;
}

static int read_bounds(const struct cli_args *args, struct bounds *b, struct collect_options *o, struct hz_error *err)
{
    size_t count;
    const char *const *paths = cli_values(args, "not-before", &count);
    int rc = bounds_load(b, paths, count, err);
    o->not_before = (const char *const *)b->texts;
    o->not_before_count = b->count;
    return rc;
}

int cmd_collect(const struct cli_args *args)
{
    if (cli_flag(args, "list"))
        return cmd_collect_list(args);
    HZ_CLEANUP(command_line_free) struct command_line words = { .count = 0 };
    HZ_CLEANUP(buf_free) struct buf item = BUF_INIT(256);
    HZ_CLEANUP(profile_set_free) struct profile_set profiles = { .count = 0 };
    HZ_CLEANUP(bounds_free) struct bounds bounds = { .count = 0 };
    struct collect_options o;
    struct hz_error err = { .code = HZ_OK };
    int rc = command_line_read(&words, &err);
    if (rc == HZ_OK)
        rc = cmd_collect_options(args, words.words, words.count, &profiles, &o, &err);
    if (rc == HZ_OK)
        rc = check_root(args, &err);
    if (rc == HZ_OK)
        rc = read_bounds(args, &bounds, &o, &err);
    if (rc == HZ_OK && o.item == NULL)
        rc = name_item(&o, &item, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    return cli_flag(args, "plan") ? plan(args, &o) : collect(args, &o);
}
