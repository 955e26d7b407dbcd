#include "cli/table_all.h"

#include <stdio.h>
#include <string.h>

#include "cli/table_archive.h"
#include "cli/table_collect.h"
#include "cli/table_custody.h"
#include "cli/table_custody_life.h"
#include "cli/table_verify.h"

/* In the order of the work, which is the order of `hozen --help`. */
const struct cli_command *const table_all[TABLE_ALL_COUNT] = {
    &table_custody_key_new,       &table_collect,
    &table_verify_verify,         &table_verify_list,
    &table_verify_show,           &table_verify_extract,
    &table_verify_diff,           &table_verify_disclose,
    &table_custody_countersign,   &table_custody_timestamp,
    &table_custody_init,          &table_custody_person_add,
    &table_custody_intake,        &table_custody_offer,
    &table_custody_accept,        &table_custody_decline,
    &table_custody_record,        &table_custody_case,
    &table_custody_note,          &table_custody_photograph,
    &table_custody_courier,       &table_custody_withdraw,
    &table_custody_settle,        &table_custody_reassign,
    &table_custody_copy,          &table_custody_checkout,
    &table_custody_return,        &table_custody_move,
    &table_custody_recheck,       &table_custody_resolve,
    &table_custody_destroy,       &table_custody_hold,
    &table_custody_lift,          &table_custody_dispose,
    &table_custody_owner_return,  &table_custody_person_rotate,
    &table_custody_person_revoke, &table_custody_policy,
    &table_custody_cosign,        &table_custody_show,
    &table_custody_log,           &table_custody_audit,
    &table_custody_checkpoint,    &table_custody_timestamp_record,
    &table_custody_prove,         &table_custody_witness,
    &table_custody_export,        &table_custody_report,
    &table_archive_put,           &table_archive_status,
    &table_archive_check,         &table_archive_repair,
    &table_archive_get,           &table_archive_index,
    &table_archive_renew,
};

const char *table_all_words(const char *program, const struct cli_command *command)
{
    if (strcmp(program, "hozen") == 0)
        return command->name != NULL ? command->name : command->program + strlen("hozen-");
    if (strcmp(program, command->program) != 0)
        return NULL;
    return command->name != NULL ? command->name : "";
}

size_t table_all_length(const char *words, size_t n)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        len += i > 0;
        len += strcspn(words + len, " ");
    }
    return len;
}

size_t table_all_count(const char *words)
{
    size_t n = words[0] != '\0';

    for (const char *p = words; *p != '\0'; p++)
        n += *p == ' ';
    return n;
}

const char *table_all_word(const char *words, size_t n, char *out, size_t size)
{
    const char *start = words + table_all_length(words, n);

    start += n > 0;
    snprintf(out, size, "%.*s", (int)strcspn(start, " "), start);
    return out;
}

bool table_all_same(const char *a, const char *b, size_t n)
{
    size_t len;

    if (table_all_count(a) < n || table_all_count(b) < n)
        return false;
    len = table_all_length(a, n);
    return len == table_all_length(b, n) && memcmp(a, b, len) == 0;
}

bool table_all_first(const char *program, size_t i, size_t n)
{
    const char *words = table_all_words(program, table_all[i]);

    if (words == NULL || table_all_count(words) < n)
        return false;
    for (size_t k = 0; k < i; k++) {
        const char *earlier = table_all_words(program, table_all[k]);
        if (earlier != NULL && table_all_same(words, earlier, n))
            return false;
    }
    return true;
}
