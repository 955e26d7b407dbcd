#include <string.h>

#include "base/io_commit.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "cli/out.h"
#include "cli/passphrase.h"
#include "custody/cmd_result.h"
#include "formats/write/key.h"
#include "formats/write/signers.h"

enum { PRIVATE, PUBLIC, SIGNERS, FILES };

struct made {
    struct w_key *key;
    struct buf content[FILES], path[FILES];
    struct io_partial file[FILES];
};

static void made_free(struct made *m)
{
    for (int i = 0; i < FILES; i++)
        io_partial_abort(&m->file[i]);
    if (m->content[PRIVATE].data != NULL)
        explicit_bzero(m->content[PRIVATE].data, m->content[PRIVATE].capacity);
    for (int i = 0; i < FILES; i++) {
        buf_free(&m->content[i]);
        buf_free(&m->path[i]);
    }
    w_key_free(m->key);
}

static const char *const suffix[FILES] = { ".key", ".key.pub", ".signers" };

static int print(const struct cli_args *args, const struct made *m, struct hz_error *err)
{
    static const char *const labels[FILES] = { N_("private key"), N_("public key"), N_("signers file") };
    static const char *const kinds[FILES] = { "private_key", "public_key", "signers" };
    struct cmd_result result = { .key = w_key_fingerprint(m->key) };

    for (int i = 0; i < FILES; i++) {
        result.files[i].kind = kinds[i];
        result.files[i].path = (const char *)m->path[i].data;
    }
    if (cli_flag(args, "json"))
        return cmd_result_json(args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("fingerprint"), result.key);
    for (int i = 0; i < FILES; i++)
        cli_out_field(stdout, CLI_OUT_LABELS, lang_text(labels[i]), result.files[i].path);
    return HZ_OK;
}

/* All three places are taken before anything is written: none may exist. */
static int claim(struct made *m, const char *out, struct hz_error *err)
{
    static const mode_t mode[FILES] = { 0600, 0644, 0644 };

    for (int i = 0; i < FILES; i++) {
        int rc;
        buf_printf(&m->path[i], "%s%s", out, suffix[i]);
        if (buf_text(&m->path[i]) == NULL)
            return buf_check(&m->path[i], err);
        rc = io_partial_begin(&m->file[i], (const char *)m->path[i].data, mode[i], err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

static int passphrase(const struct cli_args *args, struct cli_passphrase *out, struct hz_error *err)
{
    const char *file = cli_value(args, "passphrase-file");

    if (file != NULL)
        return cli_passphrase_file(file, out, err);
    return cli_out_terminal(stdin) ? cli_passphrase_new(out, err) : HZ_OK;
}

static int make(const struct cli_args *args, struct made *m, struct hz_error *err)
{
    HZ_CLEANUP(cli_passphrase_wipe) struct cli_passphrase secret = { 0 };
    const char *name = cli_value(args, "name"), *algorithm = cli_value(args, "algorithm");
    enum w_key_purpose purpose = strcmp(cli_value(args, "for"), "collect") == 0 ? W_KEY_COLLECT : W_KEY_CUSTODY;
    bool ed25519 = algorithm != NULL && strcmp(algorithm, "ed25519") == 0;
    int rc = w_key_generate(&m->key, ed25519 ? W_KEY_ED25519 : W_KEY_P256, purpose, err);

    if (rc == HZ_OK)
        rc = w_signers_line(name, purpose, m->key, &m->content[SIGNERS], err);
    if (rc == HZ_OK)
        rc = w_key_public_line(m->key, name, &m->content[PUBLIC], err);
    if (rc == HZ_OK)
        rc = passphrase(args, &secret, err);
    if (rc == HZ_OK)
        rc = w_key_private_pem(m->key, secret.len > 0 ? secret.text : NULL, &m->content[PRIVATE], err);
    return rc;
}

static int store(struct made *m, struct hz_error *err)
{
    int rc = HZ_OK;

    for (int i = 0; rc == HZ_OK && i < FILES; i++)
        rc = io_write(m->file[i].fd, m->content[i].data, m->content[i].len, err);
    for (int i = 0; rc == HZ_OK && i < FILES; i++)
        rc = io_partial_commit(&m->file[i], err);
    return rc;
}

int cmd_key_new(const struct cli_args *args)
{
    HZ_CLEANUP(made_free) struct made m = { 0 };
    struct hz_error err = { 0 };
    int rc;

    for (int i = 0; i < FILES; i++) {
        buf_init(&m.content[i], 65536);
        buf_init(&m.path[i], 32768);
        m.file[i].fd = m.file[i].directory = -1;
    }
    rc = make(args, &m, &err);
    if (rc == HZ_OK)
        rc = claim(&m, cli_value(args, "out"), &err);
    if (rc == HZ_OK)
        rc = store(&m, &err);
    if (rc == HZ_OK)
        rc = print(args, &m, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
