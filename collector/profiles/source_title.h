/* What a source is about, in few words, for --list and the documentation. */
#ifndef HZ_COLLECTOR_SOURCE_TITLE_H
#define HZ_COLLECTOR_SOURCE_TITLE_H

/* source: a name of source_table. English, marked for translation. */
const char *source_title(const char *source);

#endif
