#include "custody/uco_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/describe_body.h"
#include "formats/write/digest.h"

static const char *const context[][2] = {
    { "case-investigation", "https://ontology.caseontology.org/case/investigation/" },
    { "uco-action", "https://ontology.unifiedcyberontology.org/uco/action/" },
    { "uco-core", "https://ontology.unifiedcyberontology.org/uco/core/" },
    { "uco-identity", "https://ontology.unifiedcyberontology.org/uco/identity/" },
    { "uco-location", "https://ontology.unifiedcyberontology.org/uco/location/" },
    { "uco-observable", "https://ontology.unifiedcyberontology.org/uco/observable/" },
    { "uco-tool", "https://ontology.unifiedcyberontology.org/uco/tool/" },
    { "uco-types", "https://ontology.unifiedcyberontology.org/uco/types/" },
    { "xsd", "http://www.w3.org/2001/XMLSchema#" },
};

int uco_graph_begin(struct uco *g, const struct report *report, struct buf *out, struct hz_error *err)
{
    *g = (struct uco) { .report = report, .item = report->item };
    g->known = calloc(UCO_NODES, sizeof *g->known);
    if (g->known == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    json_init(&g->j, out);
    json_object(&g->j);
    json_key(&g->j, "@context");
    json_object(&g->j);
    for (size_t i = 0; i < sizeof context / sizeof context[0]; i++)
        json_member_string(&g->j, context[i][0], context[i][1]);
    json_object_end(&g->j);
    json_key(&g->j, "@graph");
    json_array(&g->j);
    return HZ_OK;
}

int uco_graph_end(struct uco *g, struct hz_error *err)
{
    int rc;

    json_array_end(&g->j);
    json_object_end(&g->j);
    rc = json_check(&g->j, err);
    buf_putc(g->j.out, '\n');
    return rc;
}

void uco_graph_free(struct uco *g)
{
    free(g->known);
}

static void release(struct w_digest **d)
{
    w_digest_free(*d);
}

static int hash(const struct uco *g, const char *kind, const char *key, unsigned char out[W_DIGEST_SIZE])
{
    const char *const parts[] = { "hozen-case-uco/1", g->report->audit.ledger, kind, key };
    HZ_CLEANUP(release) struct w_digest *d = NULL;
    int rc = w_digest_new(&d, NULL);

    if (rc == HZ_OK)
        rc = w_digest_start(d, NULL);
    for (size_t i = 0; rc == HZ_OK && i < sizeof parts / sizeof parts[0]; i++)
        rc = w_digest_update(d, parts[i], strlen(parts[i]) + 1, NULL);
    return rc == HZ_OK ? w_digest_end(d, out, NULL) : rc;
}

/* In the form of a UUID of version 5, which CASE asks for; with a digest of today. */
void uco_id(struct uco *g, const char *kind, const char *key, char out[UCO_ID])
{
    unsigned char digest[W_DIGEST_SIZE] = { 0 };
    char hex[W_DIGEST_HEX];

    if (hash(g, kind, key, digest) != HZ_OK)
        g->j.out->failed = HZ_E_NOMEM;
    digest[6] = (unsigned char)((digest[6] & 0x0F) | 0x50);
    digest[8] = (unsigned char)((digest[8] & 0x3F) | 0x80);
    text_hex(hex, digest, sizeof digest);
    snprintf(out, UCO_ID, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* false: it was there. */
static bool remember(struct uco *g, const char *id)
{
    size_t low = 0, high = g->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(g->known[middle], id);
        if (order == 0)
            return false;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (g->count == UCO_NODES) {
        g->j.out->failed = HZ_E_LIMIT;
        return false;
    }
    memmove(g->known[low + 1], g->known[low], (g->count - low) * sizeof *g->known);
    memcpy(g->known[low], id, UCO_ID);
    g->count++;
    return true;
}

static void begin(struct uco *g, const char *id, const char *type)
{
    json_object(&g->j);
    json_member_string(&g->j, "@id", id);
    json_member_string(&g->j, "@type", type);
}

bool uco_node(struct uco *g, const char *kind, const char *key, const char *type)
{
    char id[UCO_ID];

    uco_id(g, kind, key, id);
    if (!remember(g, id))
        return false;
    begin(g, id, type);
    return true;
}

void uco_inner(struct uco *g, const char *kind, const char *key, const char *type)
{
    char id[UCO_ID];

    uco_id(g, kind, key, id);
    begin(g, id, type);
}

void uco_element(struct uco *g, const char *kind, const char *key)
{
    char id[UCO_ID];

    uco_id(g, kind, key, id);
    json_object(&g->j);
    json_member_string(&g->j, "@id", id);
    json_object_end(&g->j);
}

void uco_ref(struct uco *g, const char *member, const char *kind, const char *key)
{
    if (key == NULL)
        return;
    json_key(&g->j, member);
    uco_element(g, kind, key);
}

void uco_typed(struct uco *g, const char *member, const char *type, const char *value)
{
    if (value == NULL)
        return;
    json_key(&g->j, member);
    json_object(&g->j);
    json_member_string(&g->j, "@type", type);
    json_member_string(&g->j, "@value", value);
    json_object_end(&g->j);
}

void uco_reference(struct uco *g, const char *key, const char *defining, const char *identifier)
{
    if (identifier == NULL)
        return;
    json_key(&g->j, "uco-core:externalReference");
    uco_inner(g, "reference", key, "uco-core:ExternalReference");
    json_member_string(&g->j, "uco-core:definingContext", defining);
    json_member_string(&g->j, "uco-core:externalIdentifier", identifier);
    json_object_end(&g->j);
}

void uco_lines(struct uco *g, const struct uco_line *lines, size_t count)
{
    bool open = false;

    for (size_t i = 0; i < count; i++) {
        HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(8192);
        if (lines[i].value == NULL)
            continue;
        if (!open) {
            json_key(&g->j, "uco-core:description");
            json_array(&g->j);
        }
        open = true;
        if (lines[i].label != NULL)
            buf_printf(&line, "%s: ", lines[i].label);
        buf_puts(&line, lines[i].value);
        json_string_n(&g->j, line.data, line.len);
    }
    if (open)
        json_array_end(&g->j);
}

void uco_told(struct uco *g, const struct r_statement *s, const char *const *keys, size_t count)
{
    struct uco_line lines[16];

    for (size_t i = 0; i < count && i < sizeof lines / sizeof lines[0]; i++)
        lines[i] = (struct uco_line) { describe_body_named(keys[i]), r_statement_text(s, keys[i]) };
    uco_lines(g, lines, count);
}
