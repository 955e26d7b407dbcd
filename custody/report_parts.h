/* What several forms have: sections of a page, each from the records alone. */
#ifndef HZ_CUSTODY_REPORT_PARTS_H
#define HZ_CUSTODY_REPORT_PARTS_H

#include "custody/report_page.h"

/* One row of a section: where its value is looked for. key NULL: the witnesses of an intake. */
struct report_field {
    const char *label; /* N_() */
    enum r_statement_type type;
    const char *key; /* as report_text takes it */
};

/* Every value that entries of the type state about the item (NULL: about the case), each once, with its entry. */
void report_parts_fields(const struct report_page *p, const char *item, const struct report_field *fields,
                         size_t count);

#define REPORT_TYPE(type) (1u << (R_STATEMENT_##type))
/* What makes the chain of custody. */
#define REPORT_CHAIN                                                                                                   \
    (REPORT_TYPE(INTAKE) | REPORT_TYPE(OFFER) | REPORT_TYPE(COURIER) | REPORT_TYPE(WITHDRAWAL) |                       \
     REPORT_TYPE(ACCEPTANCE) | REPORT_TYPE(DECLINE) | REPORT_TYPE(SETTLEMENT) | REPORT_TYPE(REASSIGN) |                \
     REPORT_TYPE(DISPOSAL) | REPORT_TYPE(OWNER_RETURN))
/* A section with a table of the entries of these types: number, times, what happened, particulars, who signed. */
int report_parts_events(const struct report_page *p, const char *title, const char *item, uint32_t types,
                        struct hz_error *err);

void report_parts_case(const struct report_page *p);                     /* facts of the case */
void report_parts_item(const struct report_page *p, const char *item);   /* what it is, and its source */
void report_parts_taking(const struct report_page *p, const char *item); /* discovery and collection */
/* Digests, as text and as QR codes. */
int report_parts_digests(const struct report_page *p, const char *item, struct hz_error *err);
int report_parts_state(const struct report_page *p, const char *item, struct hz_error *err); /* who holds it now */
int report_parts_chain(const struct report_page *p, const char *item, struct hz_error *err);
/* The same as a drawing: who held it, and how it went from one to another. */
int report_parts_drawing(const struct report_page *p, const char *item, struct hz_error *err);
/* What was seen inside the evidence, at its latest intake that tells. */
void report_parts_inside(const struct report_page *p, const char *item);
/* Tokens in the log: which entries existed when. */
void report_parts_stamps(const struct report_page *p);
/* What the latest policy asks for. */
int report_parts_policy(const struct report_page *p, struct hz_error *err);
int report_parts_copies(const struct report_page *p, const char *item, struct hz_error *err);
int report_parts_people(const struct report_page *p, struct hz_error *err);
/* The entries by which keys of these persons were replaced or revoked; nothing where there are none. */
int report_parts_keys(const struct report_page *p, struct hz_error *err);
/* Head of the log, what the audit says, and how the form is checked. */
int report_parts_record(const struct report_page *p, struct hz_error *err);

/* The forms. */
int report_form_custody(const struct report_page *p, const struct report_order *order, struct hz_error *err);
int report_form_acquisition(const struct report_page *p, const struct report_order *order, struct hz_error *err);
int report_form_receipt(const struct report_page *p, const struct report_order *order, struct hz_error *err);
int report_form_certificate(const struct report_page *p, const struct report_order *order, struct hz_error *err);
int report_form_case(const struct report_page *p, const struct report_order *order, struct hz_error *err);
int report_form_disposal(const struct report_page *p, const struct report_order *order, struct hz_error *err);

#endif
