#include "collector/persistence/pers_text.h"

#include <string.h>
#include <strings.h>

struct span span_of(const char *text)
{
    return text == NULL ? (struct span) { NULL, 0 } : (struct span) { text, strlen(text) };
}

struct w_bytes span_bytes(struct span s)
{
    return (struct w_bytes) { s.at, s.len };
}

bool span_is(struct span s, const char *text)
{
    return s.at != NULL && strlen(text) == s.len && memcmp(s.at, text, s.len) == 0;
}

bool span_is_caseless(struct span s, const char *text)
{
    return s.at != NULL && strlen(text) == s.len && strncasecmp(s.at, text, s.len) == 0;
}

bool span_begins(struct span s, const char *text)
{
    size_t len = strlen(text);
    return s.len >= len && s.at != NULL && memcmp(s.at, text, len) == 0;
}

bool span_ends(struct span s, const char *text)
{
    size_t len = strlen(text);
    return s.len >= len && s.at != NULL && memcmp(s.at + s.len - len, text, len) == 0;
}

bool span_has(struct span s, const char *text)
{
    return s.len > 0 && memmem(s.at, s.len, text, strlen(text)) != NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

struct span span_trim(struct span s)
{
    while (s.len > 0 && is_blank(s.at[0])) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

struct span span_from(struct span s, size_t begin)
{
    size_t skip = begin < s.len ? begin : s.len;
    return s.at == NULL ? s : (struct span) { s.at + skip, s.len - skip };
}

bool span_until(struct span *rest, char mark, struct span *before)
{
    const char *found = rest->len == 0 ? NULL : memchr(rest->at, mark, rest->len);
    if (found == NULL)
        return false;
    size_t len = (size_t)(found - rest->at);
    *before = (struct span) { rest->at, len };
    *rest = span_from(*rest, len + 1);
    return true;
}

bool span_line(struct span *rest, struct span *line)
{
    if (rest->len == 0)
        return false;
    if (!span_until(rest, '\n', line)) {
        *line = *rest;
        *rest = span_from(*rest, rest->len);
    }
    return true;
}

bool span_word(struct span *rest, struct span *word)
{
    struct span s = span_trim(*rest);
    size_t len = 0;
    while (len < s.len && !is_blank(s.at[len]))
        len++;
    *word = (struct span) { s.at, len };
    *rest = span_trim(span_from(s, len));
    return len > 0;
}

bool span_entry(struct span *rest, struct span *line, unsigned *number)
{
    while (span_line(rest, line)) {
        ++*number;
        *line = span_trim(*line);
        if (line->len > 0 && line->at[0] != '#')
            return true;
    }
    return false;
}

bool span_entry_joined(struct span *rest, struct span *joined, unsigned *number, unsigned *last)
{
    struct span more;
    *number = *last;
    if (!span_entry(rest, joined, number))
        return false;
    *last = *number;
    for (more = *joined; span_ends(more, "\\") && span_line(rest, &more);) {
        ++*last;
        more = span_trim(more);
        if (more.len > 0)
            joined->len = (size_t)(more.at + more.len - joined->at);
    }
    return true;
}

bool span_number(struct span s, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    if (s.len == 0 || s.len > 20)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.at[i] - '0'), &value) || value > max)
            return false;
    }
    *out = value;
    return true;
}

static bool ends_program(char c)
{
    return is_blank(c) || strchr("\"';|&<>()\n", c) != NULL;
}

struct span span_program(struct span command, const char *prefixes)
{
    struct span word;
    while (span_word(&command, &word)) {
        while (word.len > 0 && (strchr("\"'", word.at[0]) != NULL || strchr(prefixes, word.at[0]) != NULL))
            word = span_from(word, 1);
        if (word.len < 2 || word.at[0] != '/')
            continue;
        size_t len = 0;
        while (len < word.len && word.at[len] != '\0' && !ends_program(word.at[len]))
            len++;
        word.len = len;
        if (!span_is(word, "/dev/null"))
            return word;
    }
    return (struct span) { NULL, 0 };
}
