/* Errors: one class in the return value, one line of text in the caller's handle.
 *
 * Every fallible function of this project returns HZ_OK (0) or a negative hz_code and, when it fails, fills the
 * caller's struct hz_error. Out-parameters change only on success. Text is English or Japanese (base/lang.h), may hold
 * hostile bytes taken from paths, and therefore goes through escape_terminal() before anybody sees it. */
#ifndef HZ_BASE_ERROR_H
#define HZ_BASE_ERROR_H

#include <stdbool.h>

enum hz_code {
    HZ_OK = 0,
    HZ_E_USAGE = -1,        /* the command line is wrong; nothing was done */
    HZ_E_IO = -2,           /* a read, write or other system call failed */
    HZ_E_NOMEM = -3,        /* memory could not be had */
    HZ_E_FORMAT = -4,       /* input does not follow its grammar */
    HZ_E_LIMIT = -5,        /* a stated bound was reached */
    HZ_E_EXISTS = -6,       /* the target is there already and is never overwritten */
    HZ_E_NOTFOUND = -7,     /* the thing named is not there */
    HZ_E_DENIED = -8,       /* permission, or a rule of custody, forbids it */
    HZ_E_CRYPTO = -9,       /* a signature or digest library failed */
    HZ_E_INVALID = -10,     /* evidence, signature or ledger does not hold */
    HZ_E_UNSUPPORTED = -11, /* well formed, but not something this version does */
    HZ_E_TIMEOUT = -12,     /* a deadline passed */
    HZ_E_CHANGED = -13      /* the object changed between two looks at it */
};

/* Exit codes of all programs. */
enum hz_exit { HZ_EXIT_OK = 0, HZ_EXIT_FINDINGS = 1, HZ_EXIT_USAGE = 2, HZ_EXIT_FAILED = 3, HZ_EXIT_PARTIAL = 4 };

struct hz_error {
    enum hz_code code;
    int sys_errno;   /* errno of the failed call, 0 where none */
    char text[1024]; /* "INC-42.tar: manifest line 12: digest has 2 characters, expected 64" */
};

#define HZ_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Each returns the code it sets, so that `return hz_error_set(err, ...)` is the idiom. err may be NULL.
 * Text that does not fit is cut at a UTF-8 boundary and ends in "...". */
int hz_error_set(struct hz_error *err, enum hz_code code, const char *format, ...) HZ_PRINTF(3, 4);
/* As above, with ": <what errno means>" behind it. */
int hz_error_sys(struct hz_error *err, enum hz_code code, int sys_errno, const char *format, ...) HZ_PRINTF(4, 5);
/* Puts "<context>: " before what is there and returns err->code (HZ_E_IO when err is NULL). */
int hz_error_context(struct hz_error *err, const char *format, ...) HZ_PRINTF(2, 3);
/* The exit code for a failure: USAGE 2, INVALID 1, everything else 3; OK is 0. */
int hz_error_exit(int code);
/* What an errno means, in the selected language. Static text. */
const char *hz_error_meaning(int sys_errno);
/* The class of a failed system call: NOTFOUND, DENIED (also a read-only file system), EXISTS, NOMEM, TIMEOUT, else IO.
 */
enum hz_code hz_error_class(int sys_errno);
/* Is a medium full, for us or for a file of that size (ENOSPC, EDQUOT, EFBIG)? */
bool hz_errno_is_full(int sys_errno);

#endif
