/* po2c IN.po OUT.c: makes the table behind base/lang.h. Runs at build time, so it uses nothing but the C library.
 *
 * Refuses anything it does not understand, with the line number: a message that went missing here would be seen by
 * nobody. Fuzzy and empty translations are left out. The conversions of a translation must be those of its original,
 * since the compiler sees only the original. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ENTRIES 8192
#define MAX_TEXT 16384
#define MAX_CONVERSIONS 16

struct entry {
    char *id, *str;
    unsigned line;
};

struct reader {
    const char *path;
    unsigned line;
    struct entry entries[MAX_ENTRIES];
    size_t count;
    char id[MAX_TEXT], str[MAX_TEXT];
    char *target; /* what a continuation line belongs to */
    bool fuzzy, has_id, has_str, has_header;
    unsigned id_line;
};

static _Noreturn void fail(const struct reader *r, unsigned line, const char *what)
{
    fprintf(stderr, "%s:%u: %s\n", r->path, line, what);
    exit(1);
}

static char *copy_or_fail(const struct reader *r, const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL)
        fail(r, r->line, "out of memory");
    return copy;
}

/* Length of one conversion that begins behind '%', its argument number in *number (0: the next one). */
static size_t conversion(const char *p, unsigned *number)
{
    size_t digits = strspn(p, "0123456789"), len;
    *number = 0;
    if (digits > 0 && p[digits] == '$') {
        for (size_t i = 0; i < digits; i++)
            *number = *number * 10 + (unsigned)(p[i] - '0');
        p += digits + 1;
    }
    len = strspn(p, "-+ #0123456789.*hlLqjzt");
    if (p[len] != '\0')
        len++;
    return len + (*number > 0 ? digits + 1 : 0);
}

/* The conversions of a text by argument, without their position. Returns how many, or -1. */
static int conversions(const char *text, char out[MAX_CONVERSIONS][16])
{
    int count = 0;
    memset(out, 0, sizeof(char[MAX_CONVERSIONS][16]));
    for (const char *p = strchr(text, '%'); p != NULL; p = strchr(p, '%')) {
        unsigned number;
        size_t len = conversion(++p, &number);
        size_t skip = number > 0 ? (size_t)(strchr(p, '$') - p) + 1 : 0;
        if (len == 1 && *p == '%') {
            p++;
            continue;
        }
        size_t slot = number > 0 ? number - 1 : (size_t)count;
        if (slot >= MAX_CONVERSIONS || len - skip >= 16 || out[slot][0] != '\0')
            return -1;
        memcpy(out[slot], p + skip, len - skip);
        p += len;
        count++;
    }
    return count;
}

static void check_conversions(const struct reader *r)
{
    char a[MAX_CONVERSIONS][16], b[MAX_CONVERSIONS][16];
    int first = conversions(r->id, a), second = conversions(r->str, b);
    if (first < 0 || first != second || memcmp(a, b, sizeof a) != 0)
        fail(r, r->id_line, "the translation's % conversions differ from the original's");
}

static void check_utf8(const struct reader *r, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    while (*p != '\0') {
        size_t more = *p < 0x80                 ? 0
                      : *p >= 0xC2 && *p < 0xE0 ? 1
                      : *p >= 0xE0 && *p < 0xF0 ? 2
                      : *p >= 0xF0 && *p < 0xF5 ? 3
                                                : 9;
        if (more == 9)
            fail(r, r->id_line, "not UTF-8");
        for (p++; more > 0; more--, p++) {
            if ((*p & 0xC0) != 0x80)
                fail(r, r->id_line, "not UTF-8");
        }
    }
}

static void check_newlines(const struct reader *r)
{
    size_t a = strlen(r->id), b = strlen(r->str);
    if ((r->id[0] == '\n') != (r->str[0] == '\n') || (r->id[a - 1] == '\n') != (r->str[b - 1] == '\n'))
        fail(r, r->id_line, "original and translation do not both begin or end with a newline");
}

/* xgettext writes the macros of <inttypes.h> by name, "%<PRIu64>"; the program's text has what they stand for here, on
 * the building machine, which is of the kind that it runs on. */
static void expand_macros(const struct reader *r, char *text)
{
    static const char *const macros[][2] = { { "<PRIu64>", PRIu64 }, { "<PRId64>", PRId64 }, { "<PRIx64>", PRIx64 } };

    for (char *at; (at = strstr(text, "<PRI")) != NULL;) {
        size_t i = 0;
        while (i < 3 && strncmp(at, macros[i][0], strlen(macros[i][0])) != 0)
            i++;
        if (i == 3)
            fail(r, r->id_line, "a macro of <inttypes.h> other than PRIu64, PRId64 and PRIx64");
        size_t len = strlen(macros[i][0]), put = strlen(macros[i][1]);
        memcpy(at, macros[i][1], put);
        memmove(at + put, at + len, strlen(at + len) + 1);
    }
}

static void finish_entry(struct reader *r)
{
    if (!r->has_id)
        return;
    if (!r->has_str)
        fail(r, r->id_line, "msgid without msgstr");
    check_utf8(r, r->id);
    check_utf8(r, r->str);
    expand_macros(r, r->id);
    expand_macros(r, r->str);
    if (r->id[0] == '\0') {
        if (strstr(r->str, "charset=UTF-8\n") == NULL)
            fail(r, r->id_line, "the header does not say charset=UTF-8");
        r->has_header = true;
    } else if (!r->fuzzy && r->str[0] != '\0') {
        check_conversions(r);
        check_newlines(r);
        if (r->count == MAX_ENTRIES)
            fail(r, r->id_line, "too many entries");
        r->entries[r->count++] = (struct entry) { copy_or_fail(r, r->id), copy_or_fail(r, r->str), r->id_line };
    }
    r->has_id = r->has_str = r->fuzzy = false;
    r->target = NULL;
}

/* Appends the quoted string at p to the target and checks that nothing follows it. */
static void read_quoted(struct reader *r, const char *p)
{
    size_t len = strlen(r->target);
    if (*p++ != '"')
        fail(r, r->line, "a quoted string is missing");
    for (; *p != '"'; p++) {
        char c = *p;
        if (c == '\0')
            fail(r, r->line, "a string without its closing quote");
        if (c == '\\') {
            static const char from[] = "nt\"\\", to[] = "\n\t\"\\";
            const char *at = *++p == '\0' ? NULL : strchr(from, *p);
            if (at == NULL)
                fail(r, r->line, "an escape that is not \\n \\t \\\" or \\\\");
            c = to[at - from];
        }
        if (len + 1 >= MAX_TEXT)
            fail(r, r->line, "a string that is too long");
        r->target[len++] = c;
        r->target[len] = '\0';
    }
    if (p[1] != '\0')
        fail(r, r->line, "something behind the closing quote");
}

static void begin_id(struct reader *r, const char *p)
{
    finish_entry(r);
    r->has_id = true;
    r->id_line = r->line;
    r->target = r->id;
    r->id[0] = '\0';
    read_quoted(r, p);
}

static void begin_str(struct reader *r, const char *p)
{
    if (!r->has_id || r->has_str)
        fail(r, r->line, "msgstr without its msgid");
    r->has_str = true;
    r->target = r->str;
    r->str[0] = '\0';
    read_quoted(r, p);
}

static void read_comment(struct reader *r, const char *line)
{
    finish_entry(r);
    if (line[1] == ',' && strstr(line, "fuzzy") != NULL)
        r->fuzzy = true;
}

static void read_line(struct reader *r, const char *line)
{
    if (line[0] == '#')
        read_comment(r, line);
    else if (line[0] == '\0')
        finish_entry(r);
    else if (strncmp(line, "msgid ", 6) == 0)
        begin_id(r, line + 6);
    else if (strncmp(line, "msgstr ", 7) == 0)
        begin_str(r, line + 7);
    else if (line[0] == '"' && r->target != NULL)
        read_quoted(r, line);
    else
        fail(r, r->line, "neither comment, msgid, msgstr nor a string that continues one");
}

static void read_po(struct reader *r)
{
    FILE *in = fopen(r->path, "r");
    if (in == NULL) {
        perror(r->path);
        exit(1);
    }
    char *line = NULL;
    size_t size = 0;
    for (ssize_t len; (len = getline(&line, &size, in)) >= 0;) {
        r->line++;
        if (memchr(line, '\0', (size_t)len) != NULL)
            fail(r, r->line, "a NUL byte");
        if (len > 0 && line[len - 1] == '\n')
            line[len - 1] = '\0';
        read_line(r, line);
    }
    finish_entry(r);
    if (ferror(in) || !r->has_header)
        fail(r, r->line, "cannot read to the end, or there is no header");
    free(line);
    fclose(in);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->id, ((const struct entry *)b)->id);
}

static void sort_entries(struct reader *r)
{
    qsort(r->entries, r->count, sizeof r->entries[0], compare);
    for (size_t i = 1; i < r->count; i++) {
        if (strcmp(r->entries[i - 1].id, r->entries[i].id) == 0)
            fail(r, r->entries[i].line, "this msgid is there twice");
    }
}

/* Octal escapes have three digits at most, so nothing that follows can join them. */
static void write_literal(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\' || c == '?')
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void write_table(const struct reader *r, const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        exit(1);
    }
    fputs("/* Made by po2c; do not edit. */\n#include \"base/lang_table.h\"\n\nconst struct lang_entry lang_table[] = "
          "{\n",
          out);
    for (size_t i = 0; i < r->count; i++) {
        fputs("    { ", out);
        write_literal(out, r->entries[i].id);
        fputs(",\n      ", out);
        write_literal(out, r->entries[i].str);
        fputs(" },\n", out);
    }
    fprintf(out, "    { 0, 0 } /* not counted: an array cannot be empty */\n};\nconst size_t lang_table_len = %zu;\n",
            r->count);
    if (ferror(out) || fclose(out) != 0) {
        perror(path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: po2c IN.po OUT.c\n", stderr);
        return 2;
    }
    struct reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return 1;
    r->path = argv[1];
    read_po(r);
    sort_entries(r);
    write_table(r, argv[2]);
    return 0; /* the system takes back the memory of this short-lived tool */
}
