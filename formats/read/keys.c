#include "formats/read/keys.h"

#include <string.h>

static void empty(struct r_key_met *m)
{
    if (m->handle.made != NULL)
        m->handle.drop(m->handle.made);
    memset(m, 0, sizeof *m);
}

void r_keys_free(struct r_keys *keys)
{
    for (size_t i = 0; i < R_KEYS; i++)
        empty(&keys->met[i]);
    keys->next = 0;
}

static struct r_key_met *find(struct r_keys *keys, const void *blob, size_t len)
{
    for (size_t i = 0; len > 0 && i < R_KEYS; i++)
        if (keys->met[i].len == len && memcmp(keys->met[i].blob, blob, len) == 0)
            return &keys->met[i];
    return NULL;
}

static struct r_key_met *keep(struct r_keys *keys, const void *blob, size_t len, const struct r_pubkey *key)
{
    struct r_key_met *m = &keys->met[keys->next];

    if (len > sizeof m->blob)
        return NULL;
    empty(m);
    memcpy(m->blob, blob, len);
    m->len = len;
    m->key = *key;
    keys->next = (keys->next + 1) % R_KEYS;
    return m;
}

int r_keys_read(struct r_keys *keys, const void *blob, size_t len, struct r_pubkey *out, struct r_key_met **met)
{
    int rc;

    *met = keys != NULL ? find(keys, blob, len) : NULL;
    if (*met != NULL) {
        *out = (*met)->key;
        return HZ_OK;
    }
    rc = r_pubkey_read(blob, len, out);
    if (rc == HZ_OK && keys != NULL)
        *met = keep(keys, blob, len, out);
    return rc;
}
