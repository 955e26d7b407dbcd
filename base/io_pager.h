/* A program that shows text to a person page by page, on our own terminal. */
#ifndef HZ_BASE_IO_PAGER_H
#define HZ_BASE_IO_PAGER_H

#include "base/error.h"

/* What $PAGER names, "less -F" where it is not set. NULL: nothing, since it is empty or "cat". */
const char *io_pager_command(void);
/* Runs it, no shell: words at blanks, the first looked for in $PATH; standard input is the file, from where it stands.
 * LESSSECURE is set for it unless it is set already: less then starts nothing and writes nothing. Waits for its end and
 * passes over SIGINT and SIGQUIT meanwhile, which are the pager's to understand. HZ_E_NOTFOUND: it does not start. */
int io_pager_run(const char *command, int file, struct hz_error *err);

#endif
