/* What base/po/po2c makes of ja.po at build time. Ascending by english (strcmp). */
#ifndef HZ_BASE_LANG_TABLE_H
#define HZ_BASE_LANG_TABLE_H

#include <stddef.h>

struct lang_entry {
    const char *english;
    const char *japanese;
};

extern const struct lang_entry lang_table[];
extern const size_t lang_table_len;

#endif
