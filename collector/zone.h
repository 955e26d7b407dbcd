/* The host's time zone, read like all of its files: so that localtime_r(3) opens none itself, and waits for none. */
#ifndef HZ_COLLECTOR_ZONE_H
#define HZ_COLLECTOR_ZONE_H

#include <stddef.h>

#define ZONE_RULE_MAX 100

/* The rule that stands at the end of a TZif file of version 2 or later (RFC 8536 section 3.3), as TZ of POSIX has it:
 * "JST-9". -1 when there is none, or one that could name a file. */
int zone_rule(char out[ZONE_RULE_MAX + 1], const void *bytes, size_t len);
/* The rule of /etc/localtime; UTC where that says nothing. root: "/". */
void zone_read(int root, char out[ZONE_RULE_MAX + 1]);
/* Sets TZ for this process, whatever it was. */
void zone_settle(const char *rule);

#endif
