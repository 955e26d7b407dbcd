#include <stdlib.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd.h"
#include "custody/sidecar.h"
#include "custody/verifier.h"

static void release(char **text)
{
    free(*text);
}

static int print_json(const struct actor *actor, const struct verifier *v, const char *file, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(65536);
    struct json_out j;
    int rc;

    json_init(&j, &line);
    json_object(&j);
    json_member_string(&j, "content_id", v->content_id);
    json_member_string(&j, "file_sha256", v->file_sha256);
    json_member_string(&j, "fingerprint", w_key_fingerprint(actor->key));
    json_member_string(&j, "schema", "hozen-countersign/1");
    cmd_json_path(&j, "signature", file);
    json_object_end(&j);
    rc = json_check(&j, err);
    if (rc == HZ_OK)
        cli_out_line(stdout, &line);
    return rc;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(actor_free) struct actor actor = { 0 };
    HZ_CLEANUP(verifier_free) struct verifier v = { 0 };
    HZ_CLEANUP(release) char *file = NULL;
    const char *bundle = cli_operand(args, 0);
    bool there = false;
    int rc = cmd_load_key(args, &actor, err);

    if (rc == HZ_OK)
        rc = verifier_run(&v, bundle, NULL, err);
    if (rc == HZ_OK)
        rc = sidecar_countersign(bundle, &v, cli_value(args, "fingerprint"), &actor, &file, &there, err);
    if (rc != HZ_OK)
        return rc;
    if (there)
        return hz_error_set(err, HZ_E_EXISTS, _("%s: is there already and is never overwritten"), file);
    if (cli_flag(args, "json"))
        return print_json(&actor, &v, file, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("signature"), file);
    cli_out_field(stdout, CLI_OUT_LABELS, _("content id"), v.content_id);
    return HZ_OK;
}

int cmd_countersign(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    cli_note_sandbox(args);
    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
