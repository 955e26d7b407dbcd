/* What /proc/PID/status says, in a line of processes.jsonl. */
#include <string.h>

#include "base/text.h"
#include "collector/processes/proc_row.h"
#include "formats/write/fields.h"

#define GROUPS_MAX 1024 /* of a process; NGROUPS_MAX is 65536 */

struct w_bytes proc_row_status(const struct proc_row *r, const char *line)
{
    return proc_status_value(r->d->status.data, r->d->status.len, line);
}

void proc_row_base64(struct json_out *j, const char *key, const struct buf *bytes)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(j->out->limit);
    if (text_is_utf8(bytes->data, bytes->len))
        return;
    if (text_base64(&text, bytes->data, bytes->len) != HZ_OK && j->out->failed == HZ_OK)
        j->out->failed = text.failed;
    json_key(j, key);
    json_string_n(j, text.len > 0 ? (const void *)text.data : "", text.len);
}

void proc_row_status_number(struct proc_row *r, const char *key, const char *line)
{
    uint64_t value[1];
    if (proc_status_numbers(proc_row_status(r, line), value, 1) == 1 && value[0] <= UINT32_MAX)
        json_member_int(&r->j, key, (int64_t)value[0]);
}

void proc_row_numbers(struct proc_row *r, const char *key, const char *line)
{
    uint64_t values[GROUPS_MAX];
    struct w_bytes value = proc_row_status(r, line);
    size_t count = proc_status_numbers(value, values, GROUPS_MAX);
    if (value.data == NULL)
        return;
    json_key(&r->j, key);
    json_array(&r->j);
    for (size_t i = 0; i < count; i++)
        json_int(&r->j, (int64_t)(values[i] & UINT32_MAX));
    json_array_end(&r->j);
}

void proc_row_ids(struct proc_row *r, const char *key, const char *line)
{
    uint64_t ids[4];
    if (proc_status_numbers(proc_row_status(r, line), ids, 4) != 4)
        return;
    json_key(&r->j, key);
    json_object(&r->j);
    json_member_int(&r->j, "effective", (int64_t)(ids[1] & UINT32_MAX));
    json_member_int(&r->j, "filesystem", (int64_t)(ids[3] & UINT32_MAX));
    json_member_int(&r->j, "real", (int64_t)(ids[0] & UINT32_MAX));
    json_member_int(&r->j, "saved", (int64_t)(ids[2] & UINT32_MAX));
    json_object_end(&r->j);
}

struct pair {
    const char *key, *line;
};

/* Values as they stand there, below one key. */
static void put_pairs(struct proc_row *r, const char *key, const struct pair *pairs, size_t count)
{
    if (proc_row_status(r, pairs[0].line).data == NULL)
        return;
    json_key(&r->j, key);
    json_object(&r->j);
    for (size_t i = 0; i < count; i++) {
        struct w_bytes value = proc_row_status(r, pairs[i].line);
        if (value.data == NULL)
            continue;
        json_key(&r->j, pairs[i].key);
        w_fields_text(&r->j, value);
    }
    json_object_end(&r->j);
}

void proc_row_capabilities(struct proc_row *r)
{
    static const struct pair pairs[] = { { "ambient", "CapAmb" },
                                         { "bounding", "CapBnd" },
                                         { "effective", "CapEff" },
                                         { "inheritable", "CapInh" },
                                         { "permitted", "CapPrm" } };
    put_pairs(r, "capabilities", pairs, sizeof pairs / sizeof pairs[0]);
}

void proc_row_signals(struct proc_row *r)
{
    static const struct pair pairs[] = { { "blocked", "SigBlk" },
                                         { "caught", "SigCgt" },
                                         { "ignored", "SigIgn" },
                                         { "pending", "SigPnd" },
                                         { "pending_shared", "ShdPnd" } };
    put_pairs(r, "signals", pairs, sizeof pairs / sizeof pairs[0]);
}
