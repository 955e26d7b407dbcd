/* Who may log in by key, and what sshd runs: sshd(8), AUTHORIZED_KEYS FILE FORMAT; sshd_config(5). */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "collector/persistence/pers_parse.h"
#include "collector/persistence/pers_places.h"
#include "collector/persistence/pers_ssh.h"
#include "formats/write/digest.h"

static bool is_key_type(struct span word)
{
    return span_begins(word, "ssh-") || span_begins(word, "ecdsa-sha2-") || span_begins(word, "sk-");
}

/* The options before the key: up to a blank that stands in no quotes. */
static struct span take_options(struct span *rest)
{
    struct span s = *rest;
    size_t len = 0;
    for (bool quoted = false; len < s.len && (quoted || (s.at[len] != ' ' && s.at[len] != '\t')); len++) {
        if (s.at[len] == '\\' && len + 1 < s.len && s.at[len + 1] == '"')
            len++;
        else if (s.at[len] == '"')
            quoted = !quoted;
    }
    len = len < s.len ? len : s.len;
    *rest = span_trim(span_from(s, len));
    return (struct span) { s.at, len };
}

/* command="..." of the options, without its quotes. */
static struct span forced_command(struct span options)
{
    const char *at = options.len == 0 ? NULL : memmem(options.at, options.len, "command=\"", 9);
    if (at == NULL)
        return SPAN_NONE;
    struct span s = span_from(options, (size_t)(at - options.at) + 9);
    size_t len = 0;
    while (len < s.len && s.at[len] != '"')
        len += s.at[len] == '\\' && len + 1 < s.len ? 2 : 1;
    return (struct span) { s.at, len < s.len ? len : s.len };
}

/* "SHA256:..." as ssh-keygen -l shows it. false: no key. */
static int fingerprint(struct span key, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(PERS_FILE_MAX);
    unsigned char digest[W_DIGEST_SIZE];
    int rc = text_unbase64(&blob, key.at, key.len);
    if (rc == HZ_E_FORMAT || blob.len == 0)
        return HZ_OK;
    if (rc == HZ_OK)
        rc = w_digest_of(blob.data, blob.len, digest, err);
    if (rc != HZ_OK)
        return rc == HZ_E_CRYPTO ? rc : buf_check(&blob, err);
    buf_puts(out, "SHA256:");
    text_base64(out, digest, sizeof digest);
    while (out->len > 0 && out->data[out->len - 1] == '=')
        out->len--;
    return buf_check(out, err);
}

static int put_key(struct pers_file *file, struct span line, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf print = BUF_INIT(200);
    struct span rest = line, type, key, options = SPAN_NONE;
    struct span first = rest;
    span_word(&first, &type);
    if (!is_key_type(type)) {
        options = take_options(&rest);
        first = rest;
        span_word(&first, &type);
    }
    if (!is_key_type(type) || !span_word(&first, &key)) {
        pers_value(file, PERS_TEXT, line);
        return pers_put(file, err);
    }
    int rc = fingerprint(key, &print, err);
    if (rc != HZ_OK)
        return rc;
    pers_value(file, PERS_DIRECTIVE, type);
    pers_value(file, PERS_NAME, first.len > 0 ? first : SPAN_NONE);
    pers_value(file, PERS_OPTIONS, options);
    if (print.len > 0)
        pers_value(file, PERS_FINGERPRINT, (struct span) { (const char *)print.data, print.len });
    else
        pers_value(file, PERS_TEXT, line);
    struct span command = forced_command(options);
    if (command.len > 0)
        pers_command(file, command, "");
    return pers_put(file, err);
}

/* Whose keys they are, where sshd_config says it by the name of the file or of its folder. */
static int put_keys_of(struct pers_file *file, struct span user, struct hz_error *err)
{
    file->user = user;
    pers_value(file, PERS_USER, user);
    return pers_ssh_keys(file, err);
}

int pers_ssh_keys_of_name(struct pers_file *file, struct hz_error *err)
{
    return put_keys_of(file, file->name, err);
}

int pers_ssh_keys_of_folder(struct pers_file *file, struct hz_error *err)
{
    return put_keys_of(file, file->folder, err);
}

int pers_ssh_keys(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line;
    unsigned number = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        file->row.line = number;
        rc = put_key(file, line, err);
    }
    return rc;
}

/* The settings that say who comes in and what is run then. */
static bool matters(struct span key)
{
    static const char *const keys[] = { "AuthorizedKeysFile",
                                        "AuthorizedKeysCommand",
                                        "AuthorizedPrincipalsCommand",
                                        "AuthorizedPrincipalsFile",
                                        "Include",
                                        "TrustedUserCAKeys",
                                        "ForceCommand",
                                        "Subsystem",
                                        "PermitUserEnvironment",
                                        "PermitUserRC",
                                        "PermitRootLogin",
                                        "PermitEmptyPasswords",
                                        "Match" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (span_is_caseless(key, keys[i]))
            return true;
    return false;
}

/* The next word, as sshd parts them: one in quotes may hold blanks. */
static bool next_word(struct span *rest, struct span *word)
{
    struct span s = span_trim(*rest);
    if (!span_begins(s, "\""))
        return span_word(rest, word);
    *rest = span_from(s, 1);
    if (!span_until(rest, '"', word)) {
        *word = *rest;
        *rest = SPAN_NONE;
    }
    return true;
}

/* A path with tokens as a pattern: whose key or name it is, anybody's. false: it depends on the home folder. */
static bool as_pattern(struct buf *out, struct span path)
{
    for (size_t i = 0; i < path.len; i++) {
        char token = path.at[i] == '%' && i + 1 < path.len ? path.at[++i] : '\0';
        if (token == 'h')
            return false;
        if (token == '\0' && strchr("*?[", path.at[i]) != NULL)
            buf_putc(out, '\\');
        buf_putc(out, token == '\0' || token == '%' ? path.at[i] : '*');
    }
    return true;
}

static const struct pers_place *place_of_keys(struct span path)
{
    struct span rest = path, part, folder = SPAN_NONE;
    while (span_until(&rest, '/', &part))
        folder = part;
    return span_is(rest, "%u")     ? &pers_places_keys_of_name
           : span_is(folder, "%u") ? &pers_places_keys_of_folder
                                   : &pers_places_keys;
}

/* A file that sshd_config names; as a pattern where it may be one itself, else where it has tokens. */
static int follow(struct pers_file *file, const struct pers_place *place, struct span word, bool globs,
                  struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PERS_VALUE_MAX);
    if (globs && !span_begins(word, "/"))
        buf_puts(&path, "/etc/ssh/");
    if (globs)
        buf_put(&path, word.at, word.len);
    else if (!as_pattern(&path, word))
        return HZ_OK;
    if (path.len == 0 || path.failed != HZ_OK)
        return path.failed == HZ_E_NOMEM ? buf_check(&path, err) : HZ_OK;
    return pers_follow(file, place, (struct span) { (const char *)path.data, path.len }, err);
}

/* Where the settings of a line lead; what lies in home folders is found there. */
static int follow_all(struct pers_file *file, struct span key, struct span value, struct hz_error *err)
{
    struct span word;
    int rc = HZ_OK;
    bool include = span_is_caseless(key, "Include"), keys = span_is_caseless(key, "AuthorizedKeysFile"),
         authority = span_is_caseless(key, "TrustedUserCAKeys");
    if (!include && !keys && !authority && !span_is_caseless(key, "AuthorizedPrincipalsFile"))
        return HZ_OK;
    while (rc == HZ_OK && next_word(&value, &word))
        if (!span_is_caseless(word, "none") && memchr(word.at, '\0', word.len) == NULL)
            rc = follow(file,
                        include     ? &pers_places_sshd
                        : keys      ? place_of_keys(word)
                        : authority ? &pers_places_authority
                                    : &pers_places_principals,
                        word, include, err);
    return rc;
}

int pers_ssh_config(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line, key;
    unsigned number = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        size_t len = 0;
        while (len < line.len && strchr(" \t=", line.at[len]) == NULL)
            len++;
        key = (struct span) { line.at, len };
        struct span value = span_trim(span_from(line, len));
        if (!matters(key))
            continue;
        if (span_begins(value, "="))
            value = span_trim(span_from(value, 1));
        file->row.line = number;
        pers_value(file, PERS_DIRECTIVE, key);
        pers_value(file, PERS_TEXT, value);
        if (span_ends(key, "Command") || span_is_caseless(key, "Subsystem"))
            pers_command(file, value, "");
        rc = pers_put(file, err);
        if (rc == HZ_OK)
            rc = follow_all(file, key, value, err);
    }
    return rc;
}

int pers_ssh_places(const struct pers_rows *rows, struct pers_paths *patterns, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < rows->count; i++) {
        const struct pers_row *row = &rows->list[i];
        struct span words = row->value[PERS_TEXT], word;
        if (strcmp(row->kind, "sshd") != 0 || !span_is_caseless(row->value[PERS_DIRECTIVE], "AuthorizedKeysFile"))
            continue;
        while (rc == HZ_OK && next_word(&words, &word))
            if ((!span_begins(word, "/") || span_has(word, "%h")) && !span_is_caseless(word, "none") &&
                memchr(word.at, '\0', word.len) == NULL)
                rc = pers_paths_add(patterns, word, err);
    }
    return rc;
}

/* false: a token that cannot be replaced. */
static bool replace(struct buf *out, struct span pattern, const struct pers_home *home)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.at[i] != '%') {
            buf_putc(out, pattern.at[i]);
            continue;
        }
        char token = ++i < pattern.len ? pattern.at[i] : '\0';
        const char *text = token == 'h' ? home->path : token == 'u' ? home->user : token == '%' ? "%" : NULL;
        if (text == NULL)
            return false;
        buf_puts(out, text);
    }
    return true;
}

int pers_ssh_expand(const struct pers_paths *patterns, const struct pers_home *home, struct pers_paths *out,
                    struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < patterns->count; i++) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PERS_VALUE_MAX);
        if (!replace(&path, patterns->list[i], home) || path.len == 0 || path.failed == HZ_E_LIMIT)
            continue;
        rc = buf_check(&path, err);
        if (rc == HZ_OK)
            rc = pers_paths_add(out, (struct span) { (const char *)path.data, path.len }, err);
    }
    return rc;
}
