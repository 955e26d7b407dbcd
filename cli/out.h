/* Results go to stdout, everything else to stderr. No colour, anywhere. Text that may hold hostile bytes (names, paths,
 * errors) is escaped here or by the caller with escape_print. */
#ifndef HZ_CLI_OUT_H
#define HZ_CLI_OUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/parse.h"

/* "hozen-verify: message\n" on stderr, the message escaped as a whole. */
void cli_message(const char *program, const char *format, ...) HZ_PRINTF(2, 3);
/* The same with the program of the running command. */
void cli_note(const struct cli_args *args, const char *format, ...) HZ_PRINTF(2, 3);
/* Says which layers of the sandbox this kernel lacks, if any. For commands that have files of others read in one. */
void cli_note_sandbox(const struct cli_args *args);
/* Prints err like that and gives the exit code for it: `return cli_fail(args, &err);`. */
int cli_fail(const struct cli_args *args, const struct hz_error *err);

/* Bytes and a newline to the stream as they are (canonical JSON has no raw control bytes). Failures stick to the stream
 * and are seen at the end. */
void cli_out_line(FILE *stream, const struct buf *line);
/* "label: value\n" on the stream, the value escaped and begun at the same column for every label of at most width
 * columns (a Japanese letter takes two). label is our own translated text. NULL value: nothing is printed. */
#define CLI_OUT_LABELS 13 /* the width that results of all programs have: a digest behind it fits into 80 columns */
void cli_out_field(FILE *stream, unsigned width, const char *label, const char *value);
/* The same with a value of any bytes that may need more than one line: those that follow begin at the same column. */
void cli_out_wrapped(FILE *stream, unsigned width, const char *label, const char *value, size_t len);

/* true when the stream is a terminal. */
bool cli_out_terminal(FILE *stream);

/* Flushes and closes stdout. code when everything arrived; else a message, and HZ_EXIT_FAILED. */
int cli_out_finish(const char *program, int code);

#endif
