#include "formats/write/envelope.h"

#include "base/text.h"

void w_envelope_texts(struct json_out *j, const char *key, const char *const *texts, size_t count)
{
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < count; i++)
        json_string(j, texts[i]);
    json_array_end(j);
}

void w_envelope_base64_value(struct json_out *j, const void *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(j->out->limit);

    if (text_base64(&text, bytes, len) == HZ_OK)
        json_string_n(j, text.data, text.len);
    else
        j->out->failed = text.failed;
}

void w_envelope_base64(struct json_out *j, const char *key, const void *bytes, size_t len)
{
    if (bytes == NULL)
        return;
    json_key(j, key);
    w_envelope_base64_value(j, bytes, len);
}
