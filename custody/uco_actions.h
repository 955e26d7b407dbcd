/* What was done with the item, as investigative actions, each with who did it, when, where, with what, and what came of
 * it; and the records of provenance that custody leaves. */
#ifndef HZ_CUSTODY_UCO_ACTIONS_H
#define HZ_CUSTODY_UCO_ACTIONS_H

#include "custody/uco_graph.h"

/* The acquisition before an intake, as far as that tells it. */
void uco_acquisition(struct uco *g, const struct report_entry *intake);
bool uco_has_acquisition(const struct report_entry *intake);
/* The action that the statement of an entry is. */
int uco_action(struct uco *g, const struct report_entry *e, struct hz_error *err);
/* true when a record of provenance comes of it: what moves custody, or would. */
bool uco_has_provenance(const struct report_entry *e);

#endif
