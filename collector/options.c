#include "collector/options.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/age_recipient.h"
#include "formats/write/name.h"

#define UNIT_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_.\\-@"

static int check_text(const char *option, const char *text, bool required, struct hz_error *err)
{
    if (text == NULL)
        return required ? hz_error_set(err, HZ_E_USAGE, _("--%s is missing"), option) : HZ_OK;
    if (text_is_line(text, OPTIONS_TEXT_MAX))
        return HZ_OK;
    if (strlen(text) > OPTIONS_TEXT_MAX)
        return hz_error_set(err, HZ_E_USAGE, _("--%s is longer than %d bytes"), option, OPTIONS_TEXT_MAX);
    return hz_error_set(err, HZ_E_USAGE,
                        _("--%s must be one line of UTF-8 without control characters or blanks at its ends"), option);
}

static int check_texts(const struct collect_options *o, struct hz_error *err)
{
    const struct {
        const char *option, *text;
        bool required;
    } texts[] = {
        { "case", o->case_id, true },
        { "operator", o->operator_name, true },
        { "organisation", o->organisation, false },
        { "exhibit", o->exhibit, false },
        { "authority", o->authority, false },
        { "reason", o->reason, false },
        { "location", o->location, false },
        { "reference-source", o->reference_source, false },
    };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof texts / sizeof texts[0]; i++)
        rc = check_text(texts[i].option, texts[i].text, texts[i].required, err);
    for (size_t i = 0; rc == HZ_OK && i < o->witness_count; i++)
        rc = check_text("witness", o->witnesses[i], true, err);
    return rc;
}

static int check_command_line(const struct collect_options *o, struct hz_error *err)
{
    size_t sum = 0;
    for (size_t i = 0; i < o->command_line_count; i++)
        sum += o->command_line[i].len + 1;
    if (sum > OPTIONS_COMMAND_LINE_MAX)
        return hz_error_set(err, HZ_E_USAGE,
                            _("the command line is longer than %zu bytes: name fewer, larger trees with --path"),
                            OPTIONS_COMMAND_LINE_MAX);
    return HZ_OK;
}

static int check_paths(const char *option, const char *const *paths, size_t count, struct hz_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (paths[i][0] == '\0')
            return hz_error_set(err, HZ_E_USAGE, _("--%s is empty"), option);
    return HZ_OK;
}

bool options_unit_valid(const char *unit)
{
    size_t len = strlen(unit);
    return len > 0 && len <= OPTIONS_UNIT_MAX && unit[0] != '-' && strspn(unit, UNIT_LETTERS) == len;
}

/* Names only: a pattern would make the record say less than what was asked. */
static int check_units(const struct collect_options *o, struct hz_error *err)
{
    for (size_t i = 0; i < o->unit_count; i++) {
        const char *unit = o->units[i];
        if (!options_unit_valid(unit))
            return hz_error_set(err, HZ_E_USAGE,
                                _("--unit takes the name of a systemd unit like sshd.service (not "
                                  "\"%s\")"),
                                unit);
    }
    return HZ_OK;
}

static int check_limits(const struct collect_options *o, struct hz_error *err)
{
    if (o->max_size > 0 && o->max_size < OPTIONS_MAX_SIZE_MIN)
        return hz_error_set(err, HZ_E_USAGE, _("--max-size must be at least 4M: the bundle's own records need room"));
    if (o->max_size > 0 && o->max_file_size > o->max_size)
        return hz_error_set(err, HZ_E_USAGE, _("--max-file-size is larger than --max-size: no such file would fit"));
    if (o->cross_mounts && o->path_count == 0 && o->recent_ns == 0 && o->profiles.path_count == 0)
        return hz_error_set(err, HZ_E_USAGE, _("--cross-mounts means nothing without --path or --recent"));
    if (o->has_since && stamp_compare(o->since, stamp_now()) > 0)
        return hz_error_set(err, HZ_E_USAGE, _("--since lies in the future of this host's clock"));
    return HZ_OK;
}

/* Their texts stay unsaid: one may be a secret key. */
static int check_recipients(const struct collect_options *o, struct hz_error *err)
{
    struct w_age_recipient ignored;
    int rc = HZ_OK;
    if (o->recipient_count > W_AGE_RECIPIENT_MAX)
        return hz_error_set(err, HZ_E_USAGE, _("--encrypt-to is given more than %d times"), W_AGE_RECIPIENT_MAX);
    for (size_t i = 0; rc == HZ_OK && i < o->recipient_count; i++) {
        rc = w_age_recipient_parse(o->recipients[i], &ignored, err);
        if (rc != HZ_OK && o->recipient_count > 1)
            rc = hz_error_context(err, _("--encrypt-to, number %zu"), i + 1);
        else if (rc != HZ_OK)
            rc = hz_error_context(err, "%s", "--encrypt-to");
    }
    return rc;
}

int options_check(const struct collect_options *o, struct hz_error *err)
{
    int rc = check_texts(o, err);
    if (rc == HZ_OK)
        rc = check_paths("path", o->paths, o->path_count, err);
    if (rc == HZ_OK)
        rc = check_paths("db", o->databases, o->database_count, err);
    if (rc == HZ_OK)
        rc = check_paths("recent-root", o->recent_roots, o->recent_root_count, err);
    if (rc == HZ_OK)
        rc = check_units(o, err);
    if (rc == HZ_OK)
        rc = check_recipients(o, err);
    if (rc == HZ_OK)
        rc = check_limits(o, err);
    if (rc == HZ_OK && o->item != NULL && !w_name_item_valid(o->item))
        rc =
            hz_error_set(err, HZ_E_USAGE,
                         _("--item must be 1 to 100 letters, digits, dots, underscores or hyphens, begin with a letter "
                           "or digit and not end with a dot"));
    return rc == HZ_OK ? check_command_line(o, err) : rc;
}

static bool letter_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static void put_item_bytes(struct buf *out, const char *text, size_t max)
{
    for (size_t i = 0; i < max && text[i] != '\0'; i++)
        buf_putc(out, letter_or_digit(text[i]) || text[i] == '.' || text[i] == '_' ? text[i] : '-');
}

int options_item(struct buf *out, const char *hostname, struct stamp now, struct hz_error *err)
{
    char time[STAMP_SIZE];
    const char *name = hostname == NULL ? "" : hostname;
    stamp_format_compact(time, now);
    while (*name != '\0' && !letter_or_digit(*name)) /* the first one must be one */
        name++;
    put_item_bytes(out, *name == '\0' ? "host" : name, W_NAME_ITEM_MAX - 1 - strlen(time));
    buf_putc(out, '-');
    put_item_bytes(out, time, strlen(time));
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

const char *options_suffix(const struct collect_options *o)
{
    static const char *const suffixes[][2] = { [W_COMPRESS_NONE] = { ".tar", ".tar.age" },
                                               [W_COMPRESS_GZIP] = { ".tar.gz", ".tar.gz.age" },
                                               [W_COMPRESS_ZSTD] = { ".tar.zst", ".tar.zst.age" } };
    return suffixes[o->compress][o->recipient_count > 0];
}

int options_bundle(struct buf *out, const struct collect_options *o, struct hz_error *err)
{
    if (o->to_stdout)
        buf_puts(out, "-");
    else
        buf_printf(out, "%s/%s%s", o->out, o->item, options_suffix(o));
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

bool options_chosen(const struct collect_options *o, const char *source)
{
    for (size_t i = 0; i < o->source_count; i++)
        if (strcmp(o->sources[i], source) == 0)
            return true;
    return false;
}

bool options_rooted(const struct collect_options *o)
{
    return o->root != NULL && strcmp(o->root, "/") != 0;
}
