#include "base/json_out.h"
#include "base/lang.h"
#include "cli/help.h"
#include "cli/out.h"
#include "collector/cmd_collect.h"
#include "collector/profiles/source_title.h"
#include "collector/source.h"

static void json_sources(struct json_out *j)
{
    json_key(j, "sources");
    json_array(j);
    for (size_t i = 0; i < source_count; i++) {
        const char *title = source_title(source_table[i]->name);
        json_object(j);
        json_member_bool(j, "live", source_table[i]->live);
        json_member_string(j, "name", source_table[i]->name);
        json_key(j, "title");
        json_object(j);
        json_member_string(j, "en", title);
        json_member_string(j, "ja", lang_text_in(LANG_JA, title));
        json_object_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

static int list_json(const struct cli_args *args, const struct profile_set *s)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)4 << 20);
    struct hz_error err;
    struct json_out j;
    json_init(&j, &line);
    json_object(&j);
    json_key(&j, "profiles");
    json_array(&j);
    for (size_t i = 0; i < s->count; i++)
        cmd_collect_profile_json(&j, s->list[i]);
    json_array_end(&j);
    json_member_string(&j, "schema", "hozen-profiles/1");
    json_sources(&j);
    json_object_end(&j);
    if (json_check(&j, &err) != HZ_OK)
        return cli_fail(args, &err);
    cli_out_line(stdout, &line);
    return HZ_EXIT_OK;
}

static void list_text(const struct profile_set *s, bool chosen)
{
    printf("%s\n\n", _("profiles:"));
    for (size_t i = 0; i < s->count; i++) {
        cmd_collect_profile_text(s->list[i], true, chosen);
        putchar('\n');
    }
    if (chosen)
        return;
    printf("%s\n\n", _("sources, in the order in which they are taken:"));
    for (size_t i = 0; i < source_count; i++)
        help_row(stdout, source_table[i]->name, lang_text(source_title(source_table[i]->name)));
}

int cmd_collect_list(const struct cli_args *args)
{
    HZ_CLEANUP(profile_set_free) struct profile_set s = { .count = 0 };
    struct hz_error err = { .code = HZ_OK };
    int rc = cmd_collect_profiles(args, &s, &err);
    bool chosen = s.count > 0;
    if (rc == HZ_OK && !chosen)
        rc = profile_set_all(&s, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    if (cli_flag(args, "json"))
        return list_json(args, &s);
    list_text(&s, chosen);
    return HZ_EXIT_OK;
}
