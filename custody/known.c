#include "custody/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "custody/project_policy.h"

#define KEYS 32

struct known {
    struct known_key keys[KEYS];
    size_t key_count, next;  /* the place that the next one takes when all are taken */
    struct r_policy *policy; /* owned; NULL: none is in force, or none was asked for */
    bool policy_read;
};

static void free_texts(struct known_key *k)
{
    free(k->name);
    free(k->title);
    free(k->organisation);
    free(k->role);
    free(k->contact);
}

static void forget_all(struct known *k)
{
    for (size_t i = 0; i < k->key_count; i++)
        free_texts(&k->keys[i]);
    if (k->policy != NULL)
        r_policy_free(k->policy);
    free(k->policy);
    memset(k, 0, sizeof *k);
}

static void drop(void *kept)
{
    forget_all(kept);
    free(kept);
}

static int get(struct store *s, struct known **out, struct hz_error *err)
{
    struct store_memory *m = &s->memory[STORE_PERSONS];

    if (m->kept == NULL)
        *m = (struct store_memory) { calloc(1, sizeof **out), drop };
    *out = m->kept;
    return *out != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static bool read_time(const struct query *q, int column, struct stamp *out)
{
    const char *text = query_get_text(q, column);
    int offset;

    return stamp_parse_offset(out, &offset, text, strlen(text)) == HZ_OK;
}

static int read_key(struct store *s, const char *key, struct known_key *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    char **const texts[] = { &out->name, &out->title, &out->organisation, &out->role, &out->contact };
    bool row;
    int rc;

    query_open(&q, s,
               "SELECT checkpoint_signer, coalesce(valid_from, ''), coalesce(valid_until, ''),"
               " EXISTS (SELECT 1 FROM ended WHERE ended.key = person.key), name, title, organisation, role,"
               " contact FROM person WHERE key = ?1");
    query_text(&q, 1, key);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    for (int i = 0; rc == HZ_OK && i < 5; i++)
        rc = query_copy_text(&q, 4 + i, texts[i], err);
    out->known = true;
    out->checkpoint_signer = query_get_int(&q, 0) == 1;
    out->has_from = read_time(&q, 1, &out->from);
    out->has_until = read_time(&q, 2, &out->until);
    out->ended = query_get_int(&q, 3) == 1;
    return rc;
}

int known_key(struct store *s, const char *key, const struct known_key **out, struct hz_error *err)
{
    struct known_key found = { 0 };
    struct known *k;
    int rc = get(s, &k, err);

    if (rc != HZ_OK)
        return rc;
    for (size_t i = 0; i < k->key_count; i++)
        if (strcmp(k->keys[i].key, key) == 0) {
            *out = &k->keys[i];
            return HZ_OK;
        }
    memcpy(found.key, key, strnlen(key, sizeof found.key - 1));
    rc = read_key(s, key, &found, err);
    if (rc != HZ_OK) {
        free_texts(&found);
        return rc;
    }
    if (k->key_count < KEYS)
        k->next = k->key_count++;
    else
        k->next = (k->next + 1) % KEYS;
    free_texts(&k->keys[k->next]);
    k->keys[k->next] = found;
    *out = &k->keys[k->next];
    return HZ_OK;
}

/* A policy is large, and most ledgers have none. */
static int read_policy(struct store *s, struct known *k, struct hz_error *err)
{
    struct r_policy *policy = malloc(sizeof *policy);
    bool found = false;
    int rc;

    if (policy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = project_policy_get(s, policy, &found, err);
    k->policy_read = rc == HZ_OK;
    if (k->policy_read && found)
        k->policy = policy;
    else
        free(policy);
    return rc;
}

int known_policy(struct store *s, const struct r_policy **out, struct hz_error *err)
{
    struct known *k;
    int rc = get(s, &k, err);

    if (rc == HZ_OK && !k->policy_read)
        rc = read_policy(s, k, err);
    if (rc == HZ_OK)
        *out = k->policy;
    return rc;
}

void known_renew(struct store *s)
{
    if (s->memory[STORE_PERSONS].kept != NULL)
        forget_all(s->memory[STORE_PERSONS].kept);
}
