/* Who this host says it is. As reported by it: a hostile host can lie. */
#ifndef HZ_COLLECTOR_FACTS_H
#define HZ_COLLECTOR_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#define FACTS_TEXT_MAX 500

struct facts { /* each owned, one line of UTF-8, at most FACTS_TEXT_MAX bytes; NULL: unknown */
    char *hostname, *domain, *kernel, *kernel_version, *architecture; /* uname(2) */
    char *machine_id;                                                 /* /etc/machine-id */
    char *boot_id;                                                    /* /proc/sys/kernel/random/boot_id */
    char *operating_system;                                           /* PRETTY_NAME of /etc/os-release */
    bool image;                                                       /* of a file system, not of a running host */
    char *clock_source;                                               /* sysfs, current_clocksource */
};

/* What is asked for together, since each may lie on a file system that does not answer. */
enum facts_part { FACTS_KERNEL, FACTS_MACHINE, FACTS_SYSTEM, FACTS_PARTS };

/* One part of them, which is unknown before. root: descriptor of "/", or of an image (f->image): then the running
 * kernel is not asked, and the host's name is what the image's /etc/hostname says. What cannot be had stays unknown. */
void facts_gather(struct facts *f, int root, enum facts_part part);
/* Moves what is known in `from`. */
void facts_add(struct facts *to, struct facts *from);
void facts_free(struct facts *f);
/* Only the host name; malloc'd, NULL when it is not one line of text. */
char *facts_hostname(void);
char *facts_image_hostname(int root);
/* Value of a key in the text of an os-release(5) file, quotes and escapes removed; malloc'd, NULL when there is none or
 * it is not one line of text. */
char *facts_os_release(const char *text, size_t len, const char *key);

#endif
