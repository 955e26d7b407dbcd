/* Every command of every program: what `hozen` offers, and what completions and man pages are made from. */
#ifndef HZ_CLI_TABLE_ALL_H
#define HZ_CLI_TABLE_ALL_H

#include "cli/option.h"

#define TABLE_ALL_COUNT 55
extern const struct cli_command *const table_all[TABLE_ALL_COUNT];

/* What a person types behind the name of a program to reach the command: "custody init" behind both "hozen" and
 * "hozen-custody", "collect" behind "hozen", "" behind "hozen-collect". NULL: the program does not offer it. */
const char *table_all_words(const char *program, const struct cli_command *command);

/* Words are separated by single blanks. The number of them; the length in bytes of the first n (n at most their
 * number); the n-th (from 0, below their number). */
size_t table_all_count(const char *words);
size_t table_all_length(const char *words, size_t n);
const char *table_all_word(const char *words, size_t n, char *out, size_t size);

/* true when table_all[i] is the first command of the program that begins with its own first n words (and has so many).
 */
bool table_all_first(const char *program, size_t i, size_t n);
/* true when both begin with the same n words. */
bool table_all_same(const char *a, const char *b, size_t n);

#endif
