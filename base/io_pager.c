#include "base/io_pager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/lang.h"
#include "base/text.h"

#define WORDS 32
#define NOT_STARTED 127

const char *io_pager_command(void)
{
    const char *command = getenv("PAGER");

    if (command == NULL)
        return "less -F";
    return strspn(command, " ") == strlen(command) || strcmp(command, "cat") == 0 ? NULL : command;
}

/* Cuts text into words; what is beyond WORDS is left out. */
static void split(char *text, char *words[WORDS + 1])
{
    size_t count = 0;

    for (text += strspn(text, " "); *text != '\0' && count < WORDS; text += strspn(text, " ")) {
        words[count++] = text;
        text += strcspn(text, " ");
        if (*text != '\0')
            *text++ = '\0';
    }
    words[count] = NULL;
}

/* In the child; does not return. */
static void become(char *const words[], int file)
{
    signal(SIGPIPE, SIG_DFL);
    setenv("LESSSECURE", "1", 0);
    if (dup2(file, STDIN_FILENO) >= 0)
        execvp(words[0], words);
    _exit(NOT_STARTED);
}

static int run(char *const words[], int file, int *status, struct hz_error *err)
{
    pid_t pid = fork();

    if (pid == 0)
        become(words, file);
    if (pid < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot start a child process"));

    struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    int code = child_wait(pid, status, err);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    return code;
}

int io_pager_run(const char *command, int file, struct hz_error *err)
{
    char *words[WORDS + 1], *copy = text_copy(command);
    int status = 0;

    if (copy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    split(copy, words);
    int code = run(words, file, &status, err);
    free(copy);
    if (code == HZ_OK && status == NOT_STARTED)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s does not start"), command);
    return code;
}
