/* The functions of libarchive that a listing is made with; for foreign_child.c alone. */
#ifndef HZ_CUSTODY_FOREIGN_CALLS_H
#define HZ_CUSTODY_FOREIGN_CALLS_H

#include <archive.h>
#include <archive_entry.h>

#include "custody/lazy.h"

/* clang-format off */
#define FOREIGN_CALLS(each) \
    each(archive_entry_filetype) each(archive_entry_hardlink) each(archive_entry_is_encrypted) \
    each(archive_entry_mtime) each(archive_entry_mtime_is_set) each(archive_entry_mtime_nsec) \
    each(archive_entry_pathname) each(archive_entry_size) each(archive_entry_size_is_set) \
    each(archive_entry_symlink) each(archive_error_string) each(archive_filter_code) each(archive_filter_count) \
    each(archive_filter_name) each(archive_format) each(archive_read_data_block) each(archive_read_new) \
    each(archive_read_next_header) each(archive_read_open2) each(archive_read_set_seek_callback) \
    each(archive_read_support_filter_bzip2) each(archive_read_support_filter_gzip) \
    each(archive_read_support_filter_xz) each(archive_read_support_filter_zstd) \
    each(archive_read_support_format_7zip) each(archive_read_support_format_tar) \
    each(archive_read_support_format_zip) each(archive_set_error)
/* clang-format on */

#define FOREIGN_MEMBER_OF(name) __typeof__(&(name)) name;
#define FOREIGN_LOAD(name) .name = (__typeof__(&(name)))lazy_function(LAZY_ARCHIVE, #name),

struct foreign_calls {
    FOREIGN_CALLS(FOREIGN_MEMBER_OF)
};

#define FOREIGN_LOADED                                                                                                 \
    (struct foreign_calls)                                                                                             \
    {                                                                                                                  \
        FOREIGN_CALLS(FOREIGN_LOAD)                                                                                    \
    }

#endif
