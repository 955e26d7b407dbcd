/* The command hozen-collect, and how it shows what came of it. */
#ifndef HZ_COLLECTOR_CMD_COLLECT_H
#define HZ_COLLECTOR_CMD_COLLECT_H

#include <stdio.h>

#include "base/json_out.h"
#include "cli/parse.h"
#include "collector/collect.h"
#include "collector/profiles/profile_set.h"
#include "collector/survey.h"

int cmd_collect(const struct cli_args *args);

/* What the command line asks for, checked. words: the command line as it was typed. profiles: empty; those that are
 * named go there. out points into args, words and profiles. */
int cmd_collect_options(const struct cli_args *args, const struct w_bytes *words, size_t word_count,
                        struct profile_set *profiles, struct collect_options *out, struct hz_error *err);

/* Each prints to stdout and returns the exit code. */
int cmd_collect_show(const struct cli_args *args, const struct collect_options *o, const struct collect_result *r,
                     const struct w_key *key, bool one_time);
int cmd_collect_plan(const struct cli_args *args, const struct collect_options *o, const struct survey *s);
/* The profiles that the command line names, added to an empty set. */
int cmd_collect_profiles(const struct cli_args *args, struct profile_set *out, struct hz_error *err);
int cmd_collect_list(const struct cli_args *args);
/* One profile on stdout: its name and title, what it takes and its limits; described: in a sentence, too; wide: with
 * its paths. */
void cmd_collect_profile_text(const struct profile *p, bool described, bool wide);
void cmd_collect_profile_json(struct json_out *j, const struct profile *p);

/* What was observed, one row a code: a member of the object at hand, and lines for people. */
void cmd_collect_put_observed(struct json_out *j, const struct observations *o);
void cmd_collect_show_observed(FILE *stream, const struct observations *o);

#endif
