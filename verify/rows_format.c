#include "verify/rows_format.h"

#include <string.h>

const struct rows_format *rows_format(const char *word)
{
    static const struct rows_format *const all[] = { &rows_csv, &rows_hashdeep, &rows_dfxml };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i]->word, word) == 0)
            return all[i];
    return NULL;
}
