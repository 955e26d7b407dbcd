/* groups.jsonl, groups.txt: group(5), and who administers them by gshadow(5). */
#include <string.h>

#include "collector/accounts/acc_index.h"
#include "collector/accounts/acc_listings.h"
#include "collector/accounts/acc_user.h"
#include "formats/write/fields.h"

static void put_list(struct json_out *j, const char *key, struct w_bytes list)
{
    const char *at = list.data, *end = at + list.len;
    json_key(j, key);
    json_array(j);
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t len = (size_t)((comma == NULL ? end : comma) - at);
        if (len > 0)
            w_fields_text(j, (struct w_bytes) { at, len });
        at = comma == NULL ? end : comma + 1;
    }
    json_array_end(j);
}

struct gshadow {
    struct buf text;
    struct acc_index names; /* where the line begins */
};

static void free_gshadow(struct gshadow *g)
{
    buf_free(&g->text);
    acc_index_free(&g->names);
}

static int read_gshadow(int root, struct sheet *s, struct gshadow *out, struct hz_error *err)
{
    struct hz_error why;
    struct w_bytes line, f[4];
    bool more = false;
    if (acc_read(root, "/etc/gshadow", &out->text, &more, NULL, &why) != HZ_OK)
        return sheet_short(s, &why, err);
    struct acc_lines lines = acc_lines_of(&out->text);
    int rc = HZ_OK;
    while (rc == HZ_OK && acc_line(&lines, &line))
        if (acc_fields(line, ':', f, 4) == 4)
            rc = acc_index_add(&out->names, f[0], 0, (size_t)((const unsigned char *)line.data - out->text.data), err);
    acc_index_sort(&out->names);
    s->limited |= more || out->names.more;
    return rc;
}

/* The fields of a group's line in gshadow(5): name, password, administrators, members. */
static bool find(const struct gshadow *g, struct w_bytes name, struct w_bytes f[4])
{
    const struct acc_index_entry *e = acc_index_find(&g->names, name, 0);
    struct w_bytes line;
    if (e == NULL)
        return false;
    struct acc_lines lines = { (const char *)g->text.data + e->at, (const char *)g->text.data + g->text.len, 0 };
    return acc_line(&lines, &line) && acc_fields(line, ':', f, 4) == 4;
}

static int put_group(struct sheet *s, const struct acc_group *g, const struct gshadow *gshadow, struct hz_error *err)
{
    struct w_bytes f[4];
    struct json_out j;
    bool locked, shadowed = find(gshadow, g->name, f);
    sheet_row(s, &j);
    if (shadowed)
        put_list(&j, "administrators", f[2]);
    json_member_int(&j, "gid", g->gid);
    json_member_int(&j, "line", (int64_t)g->line);
    put_list(&j, "members", g->members);
    w_fields_bytes(&j, "name", "name_b64", g->name);
    json_member_string(&j, "password", acc_password(shadowed ? f[1] : g->password, &locked));
    sheet_cell(&s->text, 20, g->name.data, g->name.len);
    sheet_cell_number(&s->text, 6, g->gid);
    sheet_cell(&s->text, 0, g->members.data, g->members.len);
    buf_putc(&s->text, '\n');
    return sheet_row_end(s, &j, err);
}

/* Who is in it may become root on most hosts. */
static bool rules(struct w_bytes group)
{
    static const char *const names[] = { "root", "sudo", "wheel", "admin", "docker", "lxd", "disk", "shadow" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (acc_is(group, names[i]))
            return true;
    return false;
}

static int observe_group(struct sheet *s, const struct acc_group *g, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(1000);
    if (g->gid == 0 && !acc_is(g->name, "root"))
        return sheet_observe(s, "gid-0-twin", g->name, "another name for gid 0", err);
    if (g->members.len == 0 || !rules(g->name))
        return HZ_OK;
    buf_puts(&detail, "members: ");
    buf_put(&detail, g->members.data, g->members.len < 900 ? g->members.len : 900);
    return sheet_observe(s, "privileged-group", g->name, buf_text(&detail), err);
}

int acc_groups_make(int root, struct sheet *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ACC_FILE_MAX);
    HZ_CLEANUP(free_gshadow) struct gshadow gshadow = { .text = BUF_INIT(ACC_FILE_MAX) };
    struct hz_error why;
    struct w_bytes line;
    bool more = false;
    if (acc_read(root, "/etc/group", &text, &more, NULL, &why) != HZ_OK)
        return sheet_short(out, &why, err);
    out->limited |= more;
    int rc = read_gshadow(root, out, &gshadow, err);
    struct acc_lines lines = acc_lines_of(&text);
    buf_puts(&out->text, "Group                   gid Members\n");
    while (rc == HZ_OK && acc_line(&lines, &line)) {
        struct acc_group g;
        if (acc_group_parse(&g, line) != HZ_OK)
            continue;
        g.line = lines.number;
        rc = put_group(out, &g, &gshadow, err);
        if (rc == HZ_OK)
            rc = observe_group(out, &g, err);
    }
    return rc;
}
