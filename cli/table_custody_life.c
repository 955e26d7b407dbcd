#include "cli/table_custody_life.h"

#include "cli/table_custody_part.h"

#define ONE(option, form, what, must, explained)                                                                       \
    {                                                                                                                  \
        .name = (option), .kind = CLI_ONE, .value = (form), .metavar = (what), .required = (must), .help = (explained) \
    }
#define CHOICE(option, words, must, explained)                                                                         \
    {                                                                                                                  \
        .name = (option), .kind = CLI_ONE, .value = CLI_CHOICE, .choices = (words), .required = (must),                \
        .help = (explained)                                                                                            \
    }
#define MUST(option, what, explained) ONE(option, CLI_TEXT, what, true, explained)

#define COPY(must) ONE("copy", CLI_ITEM, "ID", must, N_("which copy; what was taken in is the copy original"))
#define CASE_TOO ONE("case", CLI_TEXT, "CASE", false, N_("about a case, in place of an item"))
#define FILE_OF(explained) ONE("file", CLI_FILE, "FILE", false, explained)
#define WITH_ITEM(words, short_text)                                                                                   \
    .program = "hozen-custody", .name = (words), .operands = "ITEM", .min_operands = 1, .max_operands = 1,             \
    .operand = CLI_ITEM, .summary = (short_text)
#define WITH_EITHER(words, short_text)                                                                                 \
    .program = "hozen-custody", .name = (words), .operands = "[ITEM]", .max_operands = 1, .operand = CLI_ITEM,         \
    .summary = (short_text)

static const struct cli_option case_options[] = {
    TEXT("title", "TEXT", N_("what the case is called")),
    TEXT("severity", "TEXT", N_("how grave it is, in the words of your plan")),
    TEXT("code-name", "TEXT", N_("name that is used outside the team")),
    TEXT("privilege", "TEXT", N_("marking for legal privilege or confidentiality")),
    ONE("detected", CLI_TIME, "TIME", false, N_("when it was noticed (RFC 3339)")),
    TEXT("reporter", "TEXT", N_("who reported it")),
    TEXT("method", "TEXT", N_("how it was noticed")),
    TEXT("symptoms", "TEXT", N_("what was seen")),
    TEXT("impact", "TEXT", N_("whom and what it concerns")),
    TEXT("responsible", "TEXT", N_("the responsible officer")),
    COMMON,
};
static const struct cli_option note_options[] = {
    MUST("text", "TEXT", N_("what is noted")),
    CHOICE("kind", "general containment analysis access other", false,
           N_("what the note is about; general when not given")),
    ONE("at", CLI_TIME, "TIME", false, N_("when what it tells happened (RFC 3339)")),
    CASE_TOO,
    COMMON,
};
static const struct cli_option photograph_options[] = {
    ONE("picture", CLI_FILE, "FILE", true, N_("the picture; its name and SHA-256 are recorded, keep the file")),
    MUST("description", "TEXT", N_("what it shows")),
    ONE("taken", CLI_TIME, "TIME", false, N_("when it was taken (RFC 3339)")),
    TEXT("by", "NAME", N_("who took it")),
    CASE_TOO,
    COMMON,
};
static const struct cli_option courier_options[] = {
    MUST("name", "NAME", N_("who carries it")),
    TEXT("organisation", "NAME", N_("the courier's organisation")),
    TEXT("contact", "TEXT", N_("telephone or mail address of the courier")),
    TEXT("transport", "TEXT", N_("how it travels")),
    TEXT("tracking", "NO", N_("tracking number")),
    TEXT("seal", "NO", N_("number of the seal")),
    ONE("at", CLI_TIME, "TIME", false, N_("when it was handed to the courier (RFC 3339)")),
    COMMON,
};
static const struct cli_option withdraw_options[] = {
    TEXT("reason", "TEXT", N_("why the offer is taken back")),
    COMMON,
};
static const struct cli_option settle_options[] = {
    ONE("custodian", CLI_FINGERPRINT, "SHA256:...", true, N_("key of the one of the two who holds it from now on")),
    MUST("reason", "TEXT", N_("why")),
    COMMON,
};
static const struct cli_option reassign_options[] = {
    ONE("to", CLI_FILE, "KEYFILE", true, N_("public key of a person of the ledger, who holds it from now on")),
    MUST("authority", "TEXT", N_("on whose order")),
    MUST("reason", "TEXT", N_("why")),
    TEXT("location", "TEXT", N_("where the evidence is kept from now on")),
    COMMON,
};
static const struct cli_option copy_options[] = {
    ONE("copy", CLI_ITEM, "ID", true, N_("a name for the copy, used once in the item")),
    CHOICE("role", "original working archive", true, N_("what the copy is for")),
    ONE("file", CLI_FILE, "FILE", true, N_("the copy itself; its SHA-256 is recorded")),
    TEXT("medium", "TEXT", N_("what it lies on")),
    TEXT("place", "TEXT", N_("where that is kept")),
    COMMON,
};
static const struct cli_option checkout_options[] = {
    COPY(true),
    MUST("to", "NAME", N_("who takes it out")),
    TEXT("to-organisation", "NAME", N_("their organisation")),
    TEXT("to-contact", "TEXT", N_("their telephone or mail address")),
    MUST("purpose", "TEXT", N_("what for")),
    ONE("due", CLI_TIME, "TIME", false, N_("when it shall be back (RFC 3339)")),
    COMMON,
};
static const struct cli_option return_options[] = {
    COPY(true),
    TEXT("condition", "TEXT", N_("the state in which it came back")),
    TEXT("place", "TEXT", N_("where it is kept now")),
    FILE_OF(N_("the copy as it came back; its SHA-256 is recorded")),
    COMMON,
};
static const struct cli_option move_options[] = {
    COPY(false),
    MUST("place", "TEXT", N_("where it is kept from now on")),
    TEXT("reason", "TEXT", N_("why it is moved")),
    COMMON,
};
static const struct cli_option resolve_options[] = {
    COPY(false),
    CHOICE("outcome", "repaired replaced accepted", true, N_("what was decided about a copy that failed")),
    MUST("reason", "TEXT", N_("why")),
    COMMON,
};
static const struct cli_option destroy_options[] = {
    COPY(true),
    MUST("method", "TEXT", N_("how it was destroyed")),
    MUST("authority", "TEXT", N_("on whose order")),
    TEXT("witness", "NAME", N_("who witnessed it")),
    COMMON,
};
static const struct cli_option hold_options[] = {
    ONE("hold", CLI_ITEM, "ID", true, N_("a name for the hold, used once in the item")),
    MUST("authority", "TEXT", N_("on whose order")),
    MUST("reason", "TEXT", N_("why")),
    TEXT("scope", "TEXT", N_("what it covers")),
    COMMON,
};
static const struct cli_option lift_options[] = {
    ONE("hold", CLI_ITEM, "ID", true, N_("which hold")),
    MUST("authority", "TEXT", N_("on whose order")),
    MUST("reason", "TEXT", N_("why")),
    COMMON,
};
static const struct cli_option dispose_options[] = {
    { .name = "plan", .kind = CLI_FLAG, .help = N_("announce it; a hold cancels the plan") },
    MUST("method", "TEXT", N_("how it is destroyed")),
    MUST("authority", "TEXT", N_("on whose order")),
    { .name = "reason", .kind = CLI_ONE, .metavar = "TEXT", .needs = "plan", .help = N_("why") },
    { .name = "witness", .kind = CLI_ONE, .metavar = "NAME", .excludes = "plan", .help = N_("who witnessed it") },
    COMMON,
};
static const struct cli_option owner_return_options[] = {
    MUST("to", "NAME", N_("the owner, or who takes it for them")),
    TEXT("to-organisation", "NAME", N_("their organisation")),
    TEXT("to-contact", "TEXT", N_("their telephone or mail address")),
    MUST("authority", "TEXT", N_("on whose order")),
    TEXT("condition", "TEXT", N_("the state in which it is given back")),
    COMMON,
};
static const struct cli_option revoke_options[] = {
    CHOICE("reason", "compromised lost retired", true, N_("why the key signs nothing any more")),
    ONE("since", CLI_TIME, "TIME", false, N_("from when on its signatures are in doubt (RFC 3339)")),
    COMMON,
};
static const struct cli_option policy_options[] = { COMMON };

const struct cli_command table_custody_case = {
    .program = "hozen-custody",
    .name = "custody case",
    .operands = "CASE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_TEXT,
    .summary = N_("record facts about a case"),
    .details = N_("What a later record says takes the place of what an earlier one said, fact by fact; the earlier one "
                  "stays in the log."),
    CLI_OPTIONS(case_options),
};
const struct cli_command table_custody_note = {
    WITH_EITHER("custody note", N_("note something about an item or a case")),
    .details = N_("Containment measures are notes about the case with --kind containment and --at."),
    CLI_OPTIONS(note_options),
};
const struct cli_command table_custody_photograph = {
    WITH_EITHER("custody photograph", N_("record a photograph of an item or a case")),
    CLI_OPTIONS(photograph_options),
};
const struct cli_command table_custody_courier = {
    WITH_ITEM("custody courier", N_("record that an offered item was given to a courier")),
    CLI_OPTIONS(courier_options),
};
const struct cli_command table_custody_withdraw = {
    WITH_ITEM("custody withdraw", N_("take an offer back")),
    .details = N_("A receipt that was signed meanwhile makes the item disputed when it is recorded; custody settle "
                  "ends that."),
    CLI_OPTIONS(withdraw_options),
};
const struct cli_command table_custody_settle = {
    WITH_ITEM("custody settle", N_("agree who holds a disputed item; both sign")),
    CLI_OPTIONS(settle_options),
};
const struct cli_command table_custody_reassign = {
    WITH_ITEM("custody reassign", N_("give an item to somebody else when its custodian's key was revoked")),
    .details = N_("Two persons sign, one of them a checkpoint signer."),
    CLI_OPTIONS(reassign_options),
};
const struct cli_command table_custody_copy = {
    WITH_ITEM("custody copy", N_("record a copy of an item")),
    .details =
        N_("A file with another SHA-256 than the evidence is recorded with the role working alone, or when it is "
           "the same bundle under another compression; it counts as a copy of the evidence only when custody "
           "recheck finds the content of the bundle in it."),
    CLI_OPTIONS(copy_options),
};
const struct cli_command table_custody_checkout = {
    WITH_ITEM("custody checkout", N_("record that a copy was taken out; custody stays")),
    CLI_OPTIONS(checkout_options),
};
const struct cli_command table_custody_return = {
    WITH_ITEM("custody return", N_("record that a copy came back")),
    .details = N_("With --file the copy is held against its recorded SHA-256; where it is another one, the copy has "
                  "failed, and the exit code is 1."),
    CLI_OPTIONS(return_options),
};
const struct cli_command table_custody_move = {
    WITH_ITEM("custody move", N_("record that an item or a copy is kept somewhere else")),
    CLI_OPTIONS(move_options),
};
const struct cli_command table_custody_resolve = {
    WITH_ITEM("custody resolve", N_("decide about a copy that failed; two persons sign")),
    CLI_OPTIONS(resolve_options),
};
const struct cli_command table_custody_destroy = {
    WITH_ITEM("custody destroy", N_("record that a copy was destroyed")),
    .details = N_("Never the last one that holds the evidence: that is a disposal (custody dispose)."),
    CLI_OPTIONS(destroy_options),
};
const struct cli_command table_custody_hold = {
    WITH_ITEM("custody hold", N_("put a legal hold on an item")),
    .details = N_("While it is in force the item is not disposed of, not given back, and no copy of it is destroyed."),
    CLI_OPTIONS(hold_options),
};
const struct cli_command table_custody_lift = {
    WITH_ITEM("custody lift", N_("lift a legal hold; two persons sign")),
    CLI_OPTIONS(lift_options),
};
const struct cli_command table_custody_dispose = {
    WITH_ITEM("custody dispose", N_("record the disposal of an item; first --plan, then two persons sign")),
    CLI_OPTIONS(dispose_options),
};
const struct cli_command table_custody_owner_return = {
    WITH_ITEM("custody owner-return", N_("record that an item was given back to its owner")),
    CLI_OPTIONS(owner_return_options),
};
const struct cli_command table_custody_person_revoke = {
    .program = "hozen-custody",
    .name = "custody person revoke",
    .operands = "FINGERPRINT",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FINGERPRINT,
    .summary = N_("declare that a key signs nothing any more"),
    .details = N_("By its owner, or by a checkpoint signer with a second person. What it holds is given to somebody "
                  "else with custody reassign."),
    CLI_OPTIONS(revoke_options),
};
const struct cli_command table_custody_policy = {
    .program = "hozen-custody",
    .name = "custody policy",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("set the rules of the ledger from a JSON file; two persons sign"),
    .details =
        N_("Who may record what, what needs two persons, which facts must be told, how often copies are checked: "
           "formats/spec/ledger.md, policy."),
    CLI_OPTIONS(policy_options),
};

static const struct cli_option rotate_options[] = {
    ONE("new-key", CLI_FILE, "FILE", true, N_("the new custody key, which signs too; its .pub file lies beside it")),
    ONE("new-passphrase-file", CLI_FILE, "FILE", false, N_("first line is the passphrase of the new key")),
    TEXT("reason", "TEXT", N_("why")),
    VALIDITY,
    COMMON,
};

const struct cli_command table_custody_person_rotate = {
    .program = "hozen-custody",
    .name = "custody person rotate",
    .operand = CLI_FILE,
    .summary = N_("put a new key of yours in the place of the old one"),
    .details = N_("Three signatures: the old key (--key), the new one, and a second person of the ledger. Items that "
                  "the old key holds are held by the new one afterwards."),
    CLI_OPTIONS(rotate_options),
};

static const struct cli_option recheck_options[] = {
    ONE("bundle", CLI_FILE, "FILE", true, N_("the copy; it is verified and hashed again")),
    COPY(false),
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file")),
    COMMON,
};

const struct cli_command table_custody_recheck = {
    WITH_ITEM("custody recheck", N_("verify a copy of an item again, and record what was found")),
    .details = N_("A copy that is altered, or another file than was recorded, is recorded as failed; the item fails "
                  "with it when no other copy is intact. "
                  "The exit code is then 1."),
    CLI_OPTIONS(recheck_options),
};

static const struct cli_option cosign_options[] = {
    FILE_OUT(N_("the file to write, with your signature added")),
    KEY,
    JSON,
};

const struct cli_command table_custody_cosign = {
    .program = "hozen-custody",
    .name = "custody cosign",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("sign a statement that somebody else has signed (--out)"),
    .details =
        N_("Shows what it says and writes it with your signature added. custody record puts it into the ledger when "
           "all have signed."),
    CLI_OPTIONS(cosign_options),
};
