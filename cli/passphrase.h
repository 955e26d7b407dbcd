/* The passphrase of a key file. Bytes as they are: no conversion, no normalisation. */
#ifndef HZ_CLI_PASSPHRASE_H
#define HZ_CLI_PASSPHRASE_H

#include <stddef.h>

#include "base/error.h"

#define CLI_PASSPHRASE_MAX 1023

/* The caller wipes it: HZ_CLEANUP(cli_passphrase_wipe) struct cli_passphrase p = {0}; */
struct cli_passphrase {
    char text[CLI_PASSPHRASE_MAX + 1]; /* NUL-terminated; no NUL or newline inside */
    size_t len;
};

/* Overwrites all of it in a way that the compiler keeps. */
void cli_passphrase_wipe(struct cli_passphrase *p);

/* The first line of a file, without its newline (a carriage return before it stays). Empty, longer than
 * CLI_PASSPHRASE_MAX or holding a NUL: HZ_E_FORMAT or HZ_E_LIMIT. The mode of the file is its owner's business and is
 * not looked at. */
int cli_passphrase_file(const char *path, struct cli_passphrase *out, struct hz_error *err);

/* Asks on the process's terminal (/dev/tty), echo off, "prompt: " in front; the terminal is put back as it was, also
 * when a signal ends or stops the process. No terminal: HZ_E_UNSUPPORTED, which says to use --passphrase-file. An empty
 * line is HZ_E_FORMAT. */
int cli_passphrase_ask(const char *prompt, struct cli_passphrase *out, struct hz_error *err);

/* For a key that has one: from file when it is not NULL, else asked for with the key's path in the prompt. */
int cli_passphrase_get(const char *file, const char *key_path, struct cli_passphrase *out, struct hz_error *err);

/* For a key about to be made: asked for twice; HZ_E_FORMAT when the two differ. An empty line means none (len 0). */
int cli_passphrase_new(struct cli_passphrase *out, struct hz_error *err);

#endif
