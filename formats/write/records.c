#include "formats/write/records.h"

#include <string.h>
#include <sys/stat.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "formats/write/fields.h"
#include "formats/write/name.h"

int w_records_first(struct buf *out, const char *schema, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", schema);
    return w_fields_end(&j, rc, err);
}

static const char *type_name(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symlink";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    case S_IFCHR:
        return "character-device";
    case S_IFBLK:
        return "block-device";
    default:
        return NULL;
    }
}

static void put_rdevice(struct json_out *j, const struct w_stat *stat)
{
    if (S_ISCHR(stat->mode) || S_ISBLK(stat->mode))
        w_fields_device(j, "rdevice", stat->rdevice_major, stat->rdevice_minor);
}

int w_records_object(struct buf *out, const struct w_object *object, struct hz_error *err)
{
    const char *type = type_name(object->stat.mode);
    bool link = S_ISLNK(object->stat.mode);
    if (!object->stat.known || type == NULL || object->origin.data == NULL || link != (object->target.data != NULL))
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("a record of an object lacks its type, path or target"));
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    w_fields_stat_head(&j, &object->stat, object->acquired_at, NULL);
    w_fields_bytes(&j, "origin", "origin_b64", object->origin);
    put_rdevice(&j, &object->stat);
    json_member_string(&j, "source", object->source);
    w_fields_bytes(&j, "target", "target_b64", object->target);
    json_member_string(&j, "type", type);
    int rc = w_fields_stat_tail(&j, &object->stat, err);
    return w_fields_end(&j, rc, err);
}

static const char *absent_name(enum w_absent_status status)
{
    static const char *const names[] = {
        [W_VANISHED] = "vanished",       [W_DENIED] = "denied",     [W_TIMEOUT] = "timeout",
        [W_OVER_BUDGET] = "over-budget", [W_EXCLUDED] = "excluded", [W_UNAVAILABLE] = "unavailable",
        [W_IO_ERROR] = "io-error",
    };
    return names[status];
}

int w_records_absent(struct buf *out, const struct w_absent *absent, struct hz_error *err)
{
    if (absent->reason == NULL)
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("a record of something absent lacks its reason"));
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_member_string(&j, "errno", absent->sys_errno != 0 ? strerrorname_np(absent->sys_errno) : NULL);
    w_fields_bytes(&j, "origin", "origin_b64", absent->origin);
    w_fields_member_text(&j, "reason", absent->reason);
    json_member_string(&j, "source", absent->source);
    json_member_string(&j, "status", absent_name(absent->status));
    return w_fields_end(&j, HZ_OK, err);
}

int w_records_action(struct buf *out, const struct w_action *action, struct hz_error *err)
{
    if (action->action == NULL || !w_name_source_valid(action->action))
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("a record of an action lacks its name"));
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_member_string(&j, "action", action->action);
    json_member_decimal(&j, "count", action->count);
    w_fields_member_text(&j, "detail", action->detail);
    w_fields_time(&j, "end", action->end.realtime);
    w_fields_boottime(&j, "end_boottime", action->end.boottime);
    json_member_decimal(&j, "failures", action->failures);
    json_member_string(&j, "source", action->source);
    w_fields_time(&j, "start", action->start.realtime);
    w_fields_boottime(&j, "start_boottime", action->start.boottime);
    w_fields_member_text(&j, "target", action->target);
    return w_fields_end(&j, HZ_OK, err);
}
