/* How files that start things are read (formats/spec/sources/persistence.md). Each takes what a pers_file holds and
 * adds rows. What is not understood is shown as the line itself; nothing is refused. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_PARSE_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_PARSE_H

#include "collector/persistence/pers_hunt.h"

/* pers_cron.c: crontab(5) with and without the column of users, scripts that run-parts(8) runs, anacrontab(5), jobs of
 * at(1), incrontab(5) */
bool pers_cron_follows(struct span name); /* the folders of crontabs and of jobs of at */
pers_parse pers_cron_system, pers_cron_user, pers_cron_script, pers_cron_anacron, pers_cron_at, pers_cron_incron;
/* pers_unit.c: units of systemd.unit(5), their drop-ins and links; systemd-system.conf(5) and environment.d(5) */
bool pers_unit_follows(struct span name); /* folders of drop-ins, and of links that enable */
pers_parse pers_unit_file, pers_unit_manager;
/* pers_desktop.c: XDG autostart, D-Bus services (both are like .ini), xinetd.conf(5) */
pers_parse pers_desktop_autostart, pers_desktop_dbus, pers_desktop_xinetd;
/* pers_ssh.c: authorized_keys and sshd_config as sshd(8) has them */
pers_parse pers_ssh_keys, pers_ssh_keys_of_name, pers_ssh_keys_of_folder, pers_ssh_config;
/* pers_program.c: a program that is run as it is; a file that a shell or another program reads and carries out; a file
 * that is worth a row because it is there */
pers_parse pers_program_run, pers_program_sourced, pers_program_present, pers_program_rc, pers_program_init;
/* pers_etc.c: one line, one thing */
pers_parse pers_etc_preload, pers_etc_library_path, pers_etc_environment, pers_etc_pam, pers_etc_modprobe,
    pers_etc_modules, pers_etc_binfmt, pers_etc_inittab, pers_etc_inetd, pers_etc_sysctl, pers_etc_kernel, pers_etc_nss,
    pers_etc_lines, pers_etc_settings;
/* pers_supervise.c: jobs of upstart, init(5); supervisord's programs */
pers_parse pers_supervise_upstart, pers_supervise_supervisor;
/* pers_hooks.c: lines that run a command inside a configuration */
pers_parse pers_hooks_udev, pers_hooks_apt, pers_hooks_dpkg, pers_hooks_logrotate, pers_hooks_interfaces,
    pers_hooks_aliases, pers_hooks_forward, pers_hooks_acpi, pers_hooks_tmpfiles, pers_hooks_sysusers,
    pers_hooks_rsyslog, pers_hooks_audit;

/* Command and the program that it names, in one. prefixes: marks that may stand before the program. */
void pers_command(struct pers_file *file, struct span command, const char *prefixes);

/* Each line that is neither blank nor a comment, joined with those behind a backslash at its end; the row has its
 * number.
 */
typedef int pers_put_line(struct pers_file *file, struct span line, struct hz_error *err);
int pers_each_line(struct pers_file *file, pers_put_line *put, struct hz_error *err);

/* Files like .ini: [section], key=value, comments with '#' and ';', a backslash at the end of a line joins it with the
 * next. Zeroed but for rest. */
struct pers_ini {
    struct span rest;
    struct span section, key, value;
    unsigned line; /* of the key */
    unsigned last;
};
/* The next key; a line without '=' is a key without a value (value.at NULL). */
bool pers_ini_next(struct pers_ini *i);

#endif
