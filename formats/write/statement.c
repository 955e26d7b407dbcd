#include "formats/write/statement.h"

#include "base/json_out.h"
#include "formats/write/random.h"
#include "formats/write/statement_body.h"

void w_statement_time(char out[STAMP_SIZE], const struct w_time *time)
{
    w_ledger_member_time(out, time);
}

static void member_time(struct json_out *j, const char *key, const struct w_time *time)
{
    char text[STAMP_SIZE];

    if (!time->known)
        return;
    w_statement_time(text, time);
    json_member_string(j, key, text);
}

int w_statement_build(const struct w_statement *s, struct buf *out, struct hz_error *err)
{
    struct json_out j;
    char nonce[33];
    int rc = w_random_hex(nonce, 16, err);

    if (rc != HZ_OK)
        return rc;
    json_init(&j, out);
    json_object(&j);
    w_statement_body_person(&j, "actor", &s->actor, false);
    json_key(&j, "body");
    json_object(&j);
    w_ledger_member_write(&j, &w_statement_body_object, &s->body);
    json_object_end(&j);
    json_member_string(&j, "case", s->case_id);
    json_member_string(&j, "content_id", s->content_id);
    json_member_string(&j, "file_sha256", s->file_sha256);
    json_member_string(&j, "item", s->item);
    json_member_string(&j, "ledger", s->ledger);
    json_member_string(&j, "nonce", nonce);
    json_member_string(&j, "previous", s->previous);
    json_member_string(&j, "schema", "hozen-statement/1");
    member_time(&j, "time", &s->time);
    json_member_string(&j, "type", s->type);
    json_object_end(&j);
    return json_check(&j, err);
}
