/* Places below every home folder, and those that files of other places name. */
#include "collector/persistence/pers_places.h"
#include "collector/persistence/pers_places_forms.h"

const struct pers_place pers_places_home[] = {
    SOURCED(".profile", "shell", "login shell"),
    SOURCED(".bash_profile", "shell", "login bash"),
    SOURCED(".bash_login", "shell", "login bash"),
    SOURCED(".bashrc", "shell", "interactive bash"),
    SOURCED(".bash_aliases", "shell", "interactive bash, where .bashrc asks for it"),
    SOURCED(".bash_logout", "shell", "end of a login bash"),
    SOURCED(".zshenv", "shell", "every zsh"),
    SOURCED(".zprofile", "shell", "login zsh"),
    SOURCED(".zshrc", "shell", "interactive zsh"),
    SOURCED(".zlogin", "shell", "login zsh"),
    SOURCED(".zlogout", "shell", "end of a login zsh"),
    SOURCED(".cshrc", "shell", "every csh"),
    SOURCED(".tcshrc", "shell", "every tcsh"),
    SOURCED(".login", "shell", "login csh"),
    SOURCED(".logout", "shell", "end of a login csh"),
    SOURCED(".kshrc", "shell", "interactive ksh"),
    SOURCED(".mkshrc", "shell", "interactive mksh"),
    SOURCED(".bash_completion", "shell", "interactive bash"),
    SOURCED(".bashrc.d", "shell", "interactive bash, where .bashrc asks for it"),
    SOURCED(".local/share/bash-completion/completions", "shell", "completion in bash"),
    SOURCED(".config/zsh", "shell", "zsh, where ZDOTDIR says so"),
    SOURCED(".config/fish", "shell", "fish"),
    SOURCED(".inputrc", "shell", "interactive shells"),
    SOURCED(".pam_environment", "environment", "login"),
    PARSED(".config/environment.d", "environment", pers_etc_environment),
    SOURCED(".xprofile", "session", "graphical login"),
    SOURCED(".xinitrc", "session", "graphical login"),
    SOURCED(".xsession", "session", "graphical login"),
    SOURCED(".xsessionrc", "session", "graphical login"),
    SOURCED(".vimrc", "editor", "start of vim"),
    SOURCED(".emacs", "editor", "start of emacs"),
    SOURCED(".gdbinit", "editor", "start of gdb"),
    SOURCED(".vim/plugin", "editor", "start of vim"),
    SOURCED(".config/nvim/init.*", "editor", "start of nvim"),
    SOURCED(".emacs.d/init.el", "editor", "start of emacs"),
    SOURCED(".tmux.conf", "editor", "start of tmux"),
    SOURCED(".screenrc", "editor", "start of screen"),
    SOURCED(".pythonrc", "interpreter", "interactive Python, where PYTHONSTARTUP says so"),
    SOURCED(".local/lib/python*/site-packages/*.pth", "interpreter", "every Python of this user"),
    SOURCED(".local/lib/python*/site-packages/*customize.py", "interpreter", "every Python of this user"),
    SOURCED(".config/plasma-workspace", "session", "graphical login"),
    SOURCED(".config/openbox/autostart", "session", "graphical login"),
    SOURCED(".config/i3/config", "session", "graphical login"),
    SOURCED(".config/sway/config", "session", "graphical login"),
    PARSED(".config/autostart", "autostart", pers_desktop_autostart),
    SOURCED(".config/autostart-scripts", "autostart", "graphical login"),
    USER_UNITS(".config/systemd/user.control", 1),
    USER_UNITS(".config/systemd/user", 4),
    USER_UNITS(".local/share/systemd/user", 9),
    PARSED(".local/share/dbus-1/services", "dbus", pers_desktop_dbus),
    PARSED(".config/user-tmpfiles.d", "tmpfiles", pers_hooks_tmpfiles),
    SOURCED(".ssh/rc", "ssh", "login over SSH"),
    PARSED(".rhosts", "trusted-login", pers_etc_lines),
    PARSED(".shosts", "trusted-login", pers_etc_lines),
    PARSED(".k5login", "trusted-login", pers_etc_lines),
    SOURCED(".ssh/environment", "ssh", "login over SSH"),
    TAKEN(".ssh/config", "ssh"),
    TAKEN(".ssh/known_hosts", "ssh"),
    PARSED(".forward", "mail", pers_hooks_forward),
    PARSED(".procmailrc", "mail", pers_hooks_forward),
    PARSED(".ssh/authorized_keys", "authorized-key", pers_ssh_keys),
    PARSED(".ssh/authorized_keys2", "authorized-key", pers_ssh_keys),
    { .path = NULL },
};

#define NAMED(what, function, moment)                                                                                  \
    {                                                                                                                  \
        .path = "", .kind = (what), .parse = (function), .when = (moment), .flags = PERS_FILE                          \
    }
const struct pers_place pers_places_keys = NAMED("authorized-key", pers_ssh_keys, NULL);
const struct pers_place pers_places_keys_of_name = NAMED("authorized-key", pers_ssh_keys_of_name, NULL);
const struct pers_place pers_places_keys_of_folder = NAMED("authorized-key", pers_ssh_keys_of_folder, NULL);
const struct pers_place pers_places_authority = NAMED("authorized-key", pers_ssh_keys, "certificates that it signed");
const struct pers_place pers_places_principals = NAMED("sshd", NULL, NULL);
const struct pers_place pers_places_sshd = NAMED("sshd", pers_ssh_config, NULL);
const struct pers_place pers_places_pam = NAMED("pam", pers_etc_pam, NULL);
const struct pers_place pers_places_library_path = NAMED("library-path", pers_etc_library_path, NULL);
const struct pers_place pers_places_interfaces = {
    .path = "", .kind = "network-hook", .parse = pers_hooks_interfaces, .flags = PERS_INSIDE
};
const struct pers_place pers_places_logrotate = {
    .path = "", .kind = "logrotate", .parse = pers_hooks_logrotate, .flags = PERS_INSIDE
};
const struct pers_place pers_places_settings = {
    .path = "", .kind = "environment", .parse = pers_etc_settings, .flags = PERS_LISTED | PERS_FILE
};
