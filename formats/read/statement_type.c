#include "formats/read/statement_type.h"

#include <string.h>

#include "base/error.h"

#define INTAKE                                                                                                         \
    "clock? collected? condition? discovered? evidence? exhibit? inspection? kind:intake? listing? location offer? "   \
    "offered_as? override? receipt? responsible? sha512? size? source? tool witnesses?"
#define CASE                                                                                                           \
    "code_name? detected? impact? method? override? privilege? reporter? responsible? severity? symptoms? title?"

static const struct r_statement_form forms[R_STATEMENT_TYPES] = {
    [R_STATEMENT_GENESIS] = { "genesis", '-', '-', '-', '-', "organisation override? person tool" },
    [R_STATEMENT_PERSON] = { "person", '-', '-', '-', '-', "override? person" },
    [R_STATEMENT_ROTATION] = { "rotation", '-', '-', '-', '-', "old override? person reason?" },
    [R_STATEMENT_REVOCATION] = { "revocation", '-', '-', '-', '-', "key override? reason:revocation since?" },
    [R_STATEMENT_POLICY] = { "policy", '-', '-', '-', '-', "override? rules" },
    [R_STATEMENT_WITNESS] = { "witness", '-', '-', '-', '-', "origin? override? proof" },
    [R_STATEMENT_TIMESTAMP] = { "timestamp", '-', '-', '-', '-', "checkpoint override? token" },
    [R_STATEMENT_FIXITY] = { "fixity", '-', '-', '-', '-', "checks override? tool" },
    [R_STATEMENT_RENEWAL] = { "renewal", '-', '-', '-', '-', "expires? override? records tool" },
    [R_STATEMENT_CASE] = { "case", '-', 'R', '-', '-', CASE },
    [R_STATEMENT_NOTE] = { "note", 'O', 'O', '-', '-', "at? kind:note? override? text" },
    [R_STATEMENT_PHOTOGRAPH] = { "photograph", 'O', 'O', '-', '-', "by? description file? override? sha256 taken?" },
    [R_STATEMENT_INTAKE] = { "intake", 'R', 'O', '*', '*', INTAKE },
    [R_STATEMENT_OFFER] = { "offer", 'R', 'O', 'O', 'R',
                            "condition? expires integrity kind:intake? override? purpose seal? source? to tracking? "
                            "transport?" },
    [R_STATEMENT_COURIER] = { "courier", 'R', 'O', '-', 'R',
                              "at? contact? name organisation? override? seal? tracking? transport?" },
    [R_STATEMENT_WITHDRAWAL] = { "withdrawal", 'R', 'O', '-', 'R', "override? reason?" },
    [R_STATEMENT_ACCEPTANCE] = { "acceptance", 'R', 'O', '*', 'R',
                                 "checkpoint compared? condition? evidence? location? override?" },
    [R_STATEMENT_DECLINE] = { "decline", 'R', 'O', '*', 'R', "checkpoint condition? evidence? override? reason" },
    [R_STATEMENT_SETTLEMENT] = { "settlement", 'R', 'O', '-', 'R', "custodian override? reason" },
    [R_STATEMENT_REASSIGN] = { "reassign", 'R', 'O', '-', 'R', "authority location? override? reason to" },
    [R_STATEMENT_COPY] = { "copy", 'R', 'O', '-', '-', "copy medium? override? place? rest? role sealed? sha256" },
    [R_STATEMENT_CHECKOUT] = { "checkout", 'R', 'O', '-', '-', "copy due? override? purpose to:party" },
    [R_STATEMENT_RETURN] = { "return", 'R', 'O', '-', '-', "condition? copy override? place? sha256?" },
    [R_STATEMENT_MOVE] = { "move", 'R', 'O', '-', '-', "copy? override? place reason?" },
    [R_STATEMENT_RECHECK] = { "recheck", 'R', 'O', '*', '-', "copy? evidence? override? repaired? rest? tool" },
    [R_STATEMENT_RESOLUTION] = { "resolution", 'R', 'O', '-', '-', "copy? outcome override? reason" },
    [R_STATEMENT_DESTRUCTION] = { "destruction", 'R', 'O', '-', '-', "authority copy method override? witness?" },
    [R_STATEMENT_HOLD] = { "hold", 'R', 'O', '-', '-', "authority hold override? reason scope?" },
    [R_STATEMENT_LIFT] = { "lift", 'R', 'O', '-', '-', "authority hold override? reason" },
    [R_STATEMENT_DISPOSAL_PLAN] = { "disposal-plan", 'R', 'O', '-', 'R', "authority method override? reason?" },
    [R_STATEMENT_DISPOSAL] = { "disposal", 'R', 'O', '-', 'R', "authority method override? witness?" },
    [R_STATEMENT_OWNER_RETURN] = { "owner-return", 'R', 'O', '-', 'R', "authority condition? override? to:party" },
};

const struct r_statement_form *r_statement_form(enum r_statement_type type)
{
    return &forms[type];
}

const char *r_statement_type_name(enum r_statement_type type)
{
    return forms[type].name;
}

int r_statement_type_find(enum r_statement_type *out, const char *name, size_t len)
{
    for (unsigned i = 0; i < R_STATEMENT_TYPES; i++)
        if (strlen(forms[i].name) == len && memcmp(forms[i].name, name, len) == 0) {
            *out = (enum r_statement_type)i;
            return HZ_OK;
        }
    return HZ_E_FORMAT;
}
