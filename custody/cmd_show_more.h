/* What custody show tells beside the row of an item: its copies and holds; and what is known of a case. */
#ifndef HZ_CUSTODY_CMD_SHOW_MORE_H
#define HZ_CUSTODY_CMD_SHOW_MORE_H

#include "base/json_out.h"
#include "custody/store.h"
#include "formats/read/statement.h"

/* As fields: what an intake says of where the item comes from, but for what the row of the item says. */
void cmd_show_taken(const struct r_statement *intake);
/* As fields; j NULL. As members `copies` and `holds` of the object that is open in j. */
int cmd_show_copies(struct store *s, const char *item, struct json_out *j, struct hz_error *err);
int cmd_show_holds(struct store *s, const char *item, struct json_out *j, struct hz_error *err);
/* As fields, or as member `facts`. HZ_E_NOTFOUND: nothing in the ledger is of this case. */
int cmd_show_facts(struct store *s, const char *of_case, struct json_out *j, struct hz_error *err);

#endif
