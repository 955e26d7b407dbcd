#include "tests/unit/test.h"

#include "tests/unit/cli/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/child.h"

static void run_shell(struct run *r, const char *shell, const char *line)
{
    static const char *const names[] = { "PATH", "HOZEN_PROBE", "HOZEN_BIN", "HOZEN_COMPLETIONS", "ASAN_OPTIONS" };
    char copies[5][4096], text[4096];
    const char *envp[7] = { "LANG=C" };
    const char *argv[] = { shell, "-c", text, NULL };
    struct child_spec spec = { .path = shell, .argv = argv, .envp = envp, .timeout_seconds = 60 };
    struct hz_error err = { 0 };
    size_t n = 1;

    for (size_t i = 0; i < 5; i++) {
        const char *value = getenv(names[i]);
        if (value == NULL)
            continue;
        snprintf(copies[i], sizeof copies[i], "%s=%s", names[i], value);
        envp[n++] = copies[i];
    }
    envp[n] = NULL;
    snprintf(text, sizeof text, "exec 2>&1; %s", line);
    buf_init(&r->out, 1 << 20);
    if (child_run(&spec, &r->out, &r->status, &err) != HZ_OK)
        fail_msg("%s: %s", line, err.text);
}

void run_line(struct run *r, const char *line)
{
    run_shell(r, "/bin/sh", line);
}
void run_bash(struct run *r, const char *line)
{
    run_shell(r, "/bin/bash", line);
}

const char *run_text(struct run *r)
{
    const char *text = buf_text(&r->out);

    assert_non_null(text);
    return text;
}

void run_free(struct run *r)
{
    buf_free(&r->out);
}
