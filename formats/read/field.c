#include "formats/read/field.h"

#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool r_field_is_word(const char *text, size_t len)
{
    size_t i;

    if (len < 1 || len > 32 || text[0] < 'a' || text[0] > 'z')
        return false;
    for (i = 1; i < len; i++)
        if (!(text[i] >= 'a' && text[i] <= 'z') && !is_digit(text[i]) && text[i] != '-')
            return false;
    return true;
}

static bool is_choice(const char *words, const struct r_span *text, uint64_t *which)
{
    uint64_t i = 0;

    while (*words) {
        size_t n = strcspn(words, " ");
        if (n == text->len && memcmp(words, text->at, n) == 0) {
            *which = i;
            return true;
        }
        i++;
        words += n + (words[n] == ' ');
    }
    return false;
}

/* Without a branch for each digit: nobody can guess which way it goes */
static bool is_hex(const struct r_span *text, size_t bytes)
{
    unsigned char wrong = text->len != 2 * bytes;
    size_t i;

    for (i = 0; i < text->len; i++) {
        unsigned char c = (unsigned char)text->at[i], digit = (unsigned char)(c - '0'),
                      letter = (unsigned char)(c - 'a');
        wrong |= (unsigned char)((digit > 9) & (letter > 5));
    }
    return !wrong;
}

static bool is_signed(const struct r_span *text)
{
    bool minus = text->len && text->at[0] == '-';
    uint64_t value;

    return !num_parse_u64(text->at + minus, text->len - minus, UINT64_MAX, &value) && (value || !minus);
}

/* seconds.nnnnnnnnn */
static bool is_boottime(const struct r_span *text)
{
    uint64_t seconds;
    size_t i;

    if (text->len < 11 || text->at[text->len - 10] != '.')
        return false;
    for (i = text->len - 9; i < text->len; i++)
        if (!is_digit(text->at[i]))
            return false;
    return !num_parse_u64(text->at, text->len - 10, INT64_MAX, &seconds);
}

static bool is_mode(const struct r_span *text)
{
    size_t i;

    for (i = 0; i < text->len; i++)
        if (text->at[i] < '0' || text->at[i] > '7')
            return false;
    return text->len == 4;
}

static bool is_device(const struct r_span *text)
{
    const char *colon = memchr(text->at, ':', text->len);
    size_t n = colon ? (size_t)(colon - text->at) : 0;
    uint64_t number;

    return colon && !num_parse_u64(text->at, n, UINT32_MAX, &number) &&
           !num_parse_u64(colon + 1, text->len - n - 1, UINT32_MAX, &number);
}

static bool is_errno(const struct r_span *text)
{
    size_t i;

    if (text->len < 2 || text->len > 32 || text->at[0] != 'E')
        return false;
    for (i = 1; i < text->len; i++)
        if (!is_digit(text->at[i]) && !(text->at[i] >= 'A' && text->at[i] <= 'Z'))
            return false;
    return true;
}

/* NULL when the string has the form, else what is wrong */
static const char *string_wrong(enum r_field_kind kind, const char *form, struct r_value *v)
{
    const struct r_span *text = &v->text;

    switch (kind) {
    case R_FIELD_TEXT:
        return NULL;
    case R_FIELD_FIXED:
        return r_span_is(text, form) ? NULL : N_("a fixed value is not the one expected");
    case R_FIELD_CHOICE:
        return is_choice(form, text, &v->number) ? NULL : N_("a word that is not one of those allowed here");
    case R_FIELD_WORD:
        return r_field_is_word(text->at, text->len) ? NULL : N_("a name in lower-case letters was expected");
    case R_FIELD_DECIMAL:
        return num_parse_u64(text->at, text->len, UINT64_MAX, &v->number) ? N_("a decimal number was expected") : NULL;
    case R_FIELD_SIGNED:
        return is_signed(text) ? NULL : N_("a decimal number was expected");
    case R_FIELD_BASE64:
        return (text->len || !form) && text_is_base64(text->at, text->len) ? NULL : N_("canonical base64 was expected");
    case R_FIELD_HEX16:
        return is_hex(text, 16) ? NULL : N_("32 lower-case hexadecimal digits were expected");
    case R_FIELD_HEX32:
        return is_hex(text, 32) ? NULL : N_("64 lower-case hexadecimal digits were expected");
    case R_FIELD_HEX64:
        return is_hex(text, 64) ? NULL : N_("128 lower-case hexadecimal digits were expected");
    case R_FIELD_STAMP:
        return stamp_parse(&v->stamp, text->at, text->len) ? N_("a time in UTC was expected") : NULL;
    case R_FIELD_BOOTTIME:
        return is_boottime(text) ? NULL : N_("seconds with nine decimals were expected");
    case R_FIELD_MODE:
        return is_mode(text) ? NULL : N_("four octal digits were expected");
    case R_FIELD_DEVICE:
        return is_device(text) ? NULL : N_("a device as major:minor was expected");
    case R_FIELD_ERRNO:
        return is_errno(text) ? NULL : N_("the name of a system error was expected");
    default:
        return N_("a value of another type was expected");
    }
}

bool r_field_string(struct r_json *j, enum r_field_kind kind, const char *form, struct r_value *value)
{
    const char *wrong;

    if (!r_json_string(j, &value->text))
        return false;
    wrong = string_wrong(kind, form, value);
    if (wrong)
        return r_json_fail(j, wrong);
    value->present = true;
    return true;
}

static bool read_integer(struct r_json *j, bool count, struct r_value *value)
{
    if (!r_json_int(j, &value->integer))
        return false;
    if (count && (value->integer < 0 || value->integer > (int64_t)UINT32_MAX))
        return r_json_fail(j, N_("an integer from 0 to 4294967295 was expected"));
    value->number = (uint64_t)value->integer;
    return true;
}

static bool read_bool(struct r_json *j, bool only_true, struct r_value *value)
{
    bool truth;

    if (!r_json_bool(j, &truth))
        return false;
    if (only_true && !truth)
        return r_json_fail(j, N_("false is said by leaving the key out"));
    value->number = truth;
    return true;
}

static bool read_texts(struct r_json *j, struct r_value *value)
{
    struct r_span text;

    for (r_json_array(j); r_json_item(j); value->number++)
        r_json_string(j, &text);
    return !j->wrong;
}

bool r_field_value(struct r_json *j, const struct r_field *field, struct r_value *value, void *context)
{
    value->present = true;
    switch (field->kind) {
    case R_FIELD_COUNT:
    case R_FIELD_INT:
        return read_integer(j, field->kind == R_FIELD_COUNT, value);
    case R_FIELD_BOOL:
    case R_FIELD_TRUE:
        return read_bool(j, field->kind == R_FIELD_TRUE, value);
    case R_FIELD_TEXTS:
        return read_texts(j, value);
    case R_FIELD_INSIDE:
        return field->inside(j, context);
    default:
        return r_field_string(j, field->kind, field->form, value);
    }
}

static bool is_key(const struct r_field *field, const struct r_span *key)
{
    const char *name = field->key;

    return name[0] == key->at[0] && strncmp(name, key->at, key->len) == 0 && name[key->len] == '\0';
}

/* Its index; count where there is none. As keys and fields stand in one order, the first to look at is the one behind
 * the one before. */
static size_t find(const struct r_field *fields, size_t count, size_t first, const struct r_span *key)
{
    size_t n, i;

    for (n = 0; n < count; n++) {
        i = first + n < count ? first + n : first + n - count;
        if (is_key(&fields[i], key))
            return i;
    }
    return count;
}

bool r_field_extension(struct r_json *j, const struct r_span *key)
{
    if (key->len < 2 || memcmp(key->at, "x-", 2) != 0)
        return r_json_fail(j, N_("an unknown key"));
    j->extensions++;
    return r_json_skip(j);
}

bool r_field_read(struct r_json *j, const struct r_field *fields, size_t count, struct r_value *values, void *context)
{
    struct r_span key;
    size_t i, at = 0;

    memset(values, 0, count * sizeof *values);
    for (r_json_object(j); r_json_key(j, &key);) {
        i = find(fields, count, at, &key);
        if (i == count) {
            r_field_extension(j, &key);
        } else {
            r_field_value(j, &fields[i], &values[i], context);
            at = i + 1;
        }
    }
    for (i = 0; i < count && !j->wrong; i++)
        if (fields[i].required && !values[i].present)
            return r_json_fail(j, N_("a required key is not there"));
    return !j->wrong;
}
