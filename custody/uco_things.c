#include "custody/uco_things.h"

#include <string.h>

#include "base/text.h"

#define KEY_MAX 8192

/* "<what>:<of>": the key of a node that belongs to another. */
static const char *join(struct buf *out, const char *what, const char *of)
{
    buf_printf(out, "%s:%s", what, of);
    return buf_text(out) != NULL ? (const char *)out->data : "";
}

const char *uco_person_key(const struct r_person *p)
{
    return p->key != NULL ? p->key : p->name;
}

static void describe(struct uco *g, const struct r_person *p)
{
    const struct uco_line lines[] = { { "title", p->title }, { "role", p->role }, { "contact", p->contact } };

    uco_lines(g, lines, sizeof lines / sizeof lines[0]);
}

static void organisation(struct uco *g, const char *name)
{
    if (!uco_node(g, "organisation", name, "uco-identity:Organization"))
        return;
    json_member_string(&g->j, "uco-core:name", name);
    json_object_end(&g->j);
}

static void affiliate(struct uco *g, const struct r_person *p)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(KEY_MAX);

    organisation(g, p->organisation);
    if (!uco_node(g, "affiliation", join(&key, uco_person_key(p), p->organisation), "uco-core:Relationship"))
        return;
    json_member_bool(&g->j, "uco-core:isDirectional", true);
    json_member_string(&g->j, "uco-core:kindOfRelationship", "Affiliated_With");
    uco_ref(g, "uco-core:source", "person", uco_person_key(p));
    uco_ref(g, "uco-core:target", "organisation", p->organisation);
    json_object_end(&g->j);
}

void uco_person(struct uco *g, const struct r_person *p)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(KEY_MAX);

    if (!p->present)
        return;
    if (uco_node(g, "person", uco_person_key(p), "uco-identity:Person")) {
        describe(g, p);
        uco_reference(g, join(&key, "key", uco_person_key(p)), "fingerprint of the person's OpenSSH key", p->key);
        json_member_string(&g->j, "uco-core:name", p->name);
        json_object_end(&g->j);
    }
    if (p->organisation != NULL)
        affiliate(g, p);
}

void uco_named_person(struct uco *g, const char *name)
{
    const struct r_person p = { .present = name != NULL, .name = name };

    uco_person(g, &p);
}

static void named(struct uco *g, const char *kind, const char *type, const char *name)
{
    if (name == NULL || !uco_node(g, kind, name, type))
        return;
    json_member_string(&g->j, "uco-core:name", name);
    json_object_end(&g->j);
}

void uco_place(struct uco *g, const char *name)
{
    named(g, "place", "uco-location:Location", name);
}

void uco_permission(struct uco *g, const char *text)
{
    if (text == NULL || !uco_node(g, "authority", text, "case-investigation:Authorization"))
        return;
    json_member_string(&g->j, "case-investigation:authorizationIdentifier", text);
    json_object_end(&g->j);
}

static void put_hash(struct uco *g, const char *of, const char *method, const char *value)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(KEY_MAX);

    if (value == NULL)
        return;
    uco_inner(g, "hash", join(&key, method, of), "uco-types:Hash");
    json_member_string(&g->j, "uco-types:hashMethod", method);
    uco_typed(g, "uco-types:hashValue", "xsd:hexBinary", value);
    json_object_end(&g->j);
}

/* In the array of facets that is open. of: the key of the node, with its kind. */
static void put_content(struct uco *g, const char *of, const char *sha256, const char *sha512, const char *size)
{
    uco_inner(g, "content", of, "uco-observable:ContentDataFacet");
    json_key(&g->j, "uco-observable:hash");
    json_array(&g->j);
    put_hash(g, of, "SHA256", sha256);
    put_hash(g, of, "SHA512", sha512);
    json_array_end(&g->j);
    uco_typed(g, "uco-observable:sizeInBytes", "xsd:integer", size);
    json_object_end(&g->j);
}

static void put_facet_of_content(struct uco *g, const char *of, const char *sha256)
{
    if (sha256 == NULL)
        return;
    json_key(&g->j, "uco-core:hasFacet");
    json_array(&g->j);
    put_content(g, of, sha256, NULL, NULL);
    json_array_end(&g->j);
}

/* "hozen-custody 1.2": what follows the last blank is a version when it begins with a digit. */
void uco_tool(struct uco *g, const char *words, const char *sha256)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(KEY_MAX);
    const char *blank = words != NULL ? strrchr(words, ' ') : NULL;
    bool version = blank != NULL && blank[1] >= '0' && blank[1] <= '9';

    if (words == NULL || !uco_node(g, "tool", words, "uco-tool:Tool"))
        return;
    put_facet_of_content(g, join(&key, "tool", words), sha256);
    json_key(&g->j, "uco-core:name");
    json_string_n(&g->j, words, version ? (size_t)(blank - words) : strlen(words));
    json_member_string(&g->j, "uco-tool:version", version ? blank + 1 : NULL);
    json_object_end(&g->j);
}

void uco_file(struct uco *g, const struct uco_file *file)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(KEY_MAX);

    if (!uco_node(g, file->kind, file->key, file->type))
        return;
    uco_ref(g, "case-investigation:wasDerivedFrom", "item", file->derived ? g->item : NULL);
    put_facet_of_content(g, join(&key, file->kind, file->key), file->sha256);
    json_member_string(&g->j, "uco-core:name", file->name);
    json_object_end(&g->j);
}

/* --- the item --- */

static bool is_device(const struct report_entry *intake)
{
    return text_equal(intake->statement.body.kind, "device");
}

static const char *type_of(const struct r_statement *intake)
{
    static const char *const types[][2] = {
        { "device", "uco-observable:Device" },     { "image", "uco-observable:Image" },
        { "file", "uco-observable:File" },         { "export", "uco-observable:File" },
        { "screenshot", "uco-observable:File" },   { "archive", "uco-observable:ArchiveFile" },
        { "bundle", "uco-observable:ArchiveFile" }
    };

    if (intake->body.kind == NULL)
        return "uco-observable:ArchiveFile"; /* a bundle */
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i][0], intake->body.kind) == 0)
            return types[i][1];
    return "uco-core:Item";
}

static const char *host_of(const struct r_statement *s)
{
    return s->body.source.host != NULL ? s->body.source.host : s->body.evidence.host;
}

/* Of the source: what UCO has no member for, as words. */
static void put_words(struct uco *g, const struct r_statement *intake)
{
    static const char *const keys[] = { "source.description", "source.asset_tag", "source.host", "source.machine_id",
                                        "source.mac",         "source.ip",        "source.os",   "source.seal" };

    uco_told(g, intake, keys, sizeof keys / sizeof keys[0]);
}

static bool has_device(const struct r_statement *s)
{
    return s->body.source.make != NULL || s->body.source.model != NULL || s->body.source.serial != NULL;
}

static void put_device(struct uco *g, const struct r_statement *s)
{
    uco_inner(g, "device", s->item, "uco-observable:DeviceFacet");
    uco_ref(g, "uco-observable:manufacturer", "organisation", s->body.source.make);
    json_member_string(&g->j, "uco-observable:model", s->body.source.model);
    json_member_string(&g->j, "uco-observable:serialNumber", s->body.source.serial);
    json_object_end(&g->j);
}

static void put_facets(struct uco *g, const struct r_statement *s, bool content, bool device)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(KEY_MAX);

    if (!content && !device)
        return;
    json_key(&g->j, "uco-core:hasFacet");
    json_array(&g->j);
    if (content)
        put_content(g, join(&key, "item", s->item), s->file_sha256, s->body.sha512, s->body.size);
    if (device)
        put_device(g, s);
    json_array_end(&g->j);
}

bool uco_has_source(const struct report_entry *intake)
{
    const struct r_statement *s = &intake->statement;

    return !is_device(intake) && (has_device(s) || host_of(s) != NULL || s->body.source.description != NULL);
}

static void put_source(struct uco *g, const struct r_statement *s)
{
    if (!uco_node(g, "source", s->item, "uco-observable:Device"))
        return;
    put_words(g, s);
    put_facets(g, s, false, has_device(s));
    json_member_string(&g->j, "uco-core:name", host_of(s));
    json_object_end(&g->j);
}

void uco_item(struct uco *g, const struct report_entry *intake)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(KEY_MAX);
    const struct r_statement *s = &intake->statement;
    bool source = uco_has_source(intake);

    if (s->body.source.make != NULL)
        organisation(g, s->body.source.make);
    if (source)
        put_source(g, s);
    if (!uco_node(g, "item", s->item, type_of(s)))
        return;
    uco_ref(g, "case-investigation:wasDerivedFrom", "source", source ? s->item : NULL);
    if (!source)
        put_words(g, s);
    uco_reference(g, join(&key, "content", s->item), "content id of the hozen bundle", s->content_id);
    put_facets(g, s, s->file_sha256 != NULL, is_device(intake) && has_device(s));
    json_member_string(&g->j, "uco-core:name", s->item);
    json_object_end(&g->j);
}
