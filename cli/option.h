/* What a command line may hold, as data. One table per program makes parsing, --help, shell completions and the option
 * lists of the man pages, so that none of them can say something else than the others. */
#ifndef HZ_CLI_OPTION_H
#define HZ_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

enum cli_kind {
    CLI_FLAG, /* no value; saying it twice means the same */
    CLI_ONE,  /* one value, at most once */
    CLI_MANY  /* one value each time, as often as wanted */
};

/* What a value must look like. Anything else is refused before a command runs. */
enum cli_value {
    CLI_TEXT,        /* one line of UTF-8 without control characters, 1 to CLI_TEXT_MAX bytes, no blank at either end */
    CLI_FILE,        /* a path, not empty; completions offer files */
    CLI_OUTPUT,      /* the same of a file that is written: not "-", which stands for no stream there */
    CLI_DIRECTORY,   /* a path, not empty; completions offer directories */
    CLI_CHOICE,      /* one of the words in choices */
    CLI_TIME,        /* anything stamp_parse_lenient takes */
    CLI_SIZE,        /* bytes, as num_parse_size takes them */
    CLI_DURATION,    /* as num_parse_duration takes it */
    CLI_SINCE,       /* a duration, or a time */
    CLI_FINGERPRINT, /* SHA256: and 43 characters of base64, as ssh-keygen -l prints it */
    CLI_ITEM         /* the name of an item: [A-Za-z0-9][A-Za-z0-9._-]{0,99}, no dot at the end */
};

#define CLI_TEXT_MAX 500     /* what a value of bag-info.txt may hold */
#define CLI_ANY ((size_t)-1) /* max_operands: no bound */

struct cli_option {
    const char *name; /* without the dashes */
    enum cli_kind kind;
    enum cli_value value;
    const char *metavar;     /* what --help calls the value; NULL for flags and choices */
    const char *choices;     /* words with single blanks between, for CLI_CHOICE */
    bool required;           /* missing = usage error, ... */
    const char *unless;      /* ... but not when this option is given, */
    const char *or_unless;   /* or this one */
    const char *needs;       /* means something only together with this option */
    const char *excludes;    /* cannot stand beside this option */
    const char *environment; /* this variable gives the value when the option is not there; empty counts as not set */
    const char *help;        /* N_(), lower case, no full stop at the end */
};

struct cli_command {
    const char *program;  /* the executable: "hozen-verify" */
    const char *name;     /* "verify", "custody intake"; NULL: the only command of its program */
    const char *operands; /* "BUNDLE [PATH...]" as --help shows it; NULL: none */
    size_t min_operands, max_operands;
    enum cli_value operand; /* of each operand; CLI_FILE also takes a lone "-" */
    const char *summary;    /* N_(), one line, lower case, no full stop */
    const char *details;    /* N_(), paragraphs with an empty line between them; NULL: none */
    const struct cli_option *options;
    size_t option_count;
    bool internal; /* for another of our programs: in no list of commands */
};

/* A table's options and their number: CLI_OPTIONS(array) fills both members. */
#define CLI_OPTIONS(array) .options = (array), .option_count = sizeof(array) / sizeof((array)[0])

/* --help, --version, --lang: every command has them without naming them. */
#define CLI_COMMON_COUNT 3
extern const struct cli_option cli_common_options[CLI_COMMON_COUNT];

/* The option of this name among the command's own and the common ones (command may be NULL: only these).
 * NULL when there is none. name need not end after len bytes. */
const struct cli_option *cli_option_find(const struct cli_command *command, const char *name, size_t len);

/* true for a path of a file: completions offer files. */
bool cli_value_is_file(enum cli_value kind);

/* true when word is one of the blank-separated choices. */
bool cli_choice_has(const char *choices, const char *word);

/* How a person reaches the command: "hozen verify", "hozen custody intake"; "hozen-collect" for the collector, which
 * often stands alone on the examined host. Writes to out, cut to size. Returns out. */
const char *cli_command_words(const struct cli_command *command, char *out, size_t size);

#endif
