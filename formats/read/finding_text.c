#include <string.h>

#include "base/lang.h"
#include "formats/read/finding.h"

static const char *const code_names[R_CODE_COUNT] = {
    [R_PAYLOAD_ALTERED] = "payload-altered",
    [R_PAYLOAD_MISSING] = "payload-missing",
    [R_PAYLOAD_UNLISTED] = "payload-unlisted",
    [R_MEMBER_DUPLICATE] = "member-duplicate",
    [R_MEMBER_FORBIDDEN] = "member-forbidden",
    [R_CONTAINER_MALFORMED] = "container-malformed",
    [R_CONTAINER_TRUNCATED] = "container-truncated",
    [R_CONTAINER_TRAILING_DATA] = "container-trailing-data",
    [R_CONTAINER_UNSUPPORTED] = "container-unsupported",
    [R_MANIFEST_MALFORMED] = "manifest-malformed",
    [R_TAG_ALTERED] = "tag-altered",
    [R_CATALOG_MISMATCH] = "catalog-mismatch",
    [R_MERKLE_MISMATCH] = "merkle-mismatch",
    [R_SIGNATURE_MISSING] = "signature-missing",
    [R_SIGNATURE_INVALID] = "signature-invalid",
    [R_SIGNER_UNTRUSTED] = "signer-untrusted",
    [R_SIGNER_OUTSIDE_VALIDITY] = "signer-outside-validity",
    [R_SIGNER_REVOKED] = "signer-revoked",
    [R_SIGNERS_TOO_FEW] = "signers-too-few",
    [R_LIMIT_EXCEEDED] = "limit-exceeded",
    [R_NOTE_TIME_UNPROVEN] = "time-unproven",
    [R_NOTE_EXTENSION_KEYS] = "extension-keys",
    [R_NOTE_UNKNOWN_SOURCE] = "unknown-source",
    [R_NOTE_UNKNOWN_METHOD] = "unknown-method",
    [R_NOTE_UNKNOWN_ALGORITHM] = "unknown-algorithm",
    [R_NOTE_SIDECAR_INVALID] = "sidecar-invalid",
    [R_NOTE_SIGNER_NOT_TRUSTED] = "signer-not-trusted",
    [R_NOTE_TIMESTAMP_INVALID] = "timestamp-invalid",
    [R_NOTE_TIMESTAMP_UNPROVEN] = "timestamp-unproven",
    [R_NOTE_CLOCK_AHEAD] = "clock-ahead",
    [R_NOTE_CLOCK_BEHIND] = "clock-behind",
    [R_NOTE_TIMESTAMP_AGED] = "timestamp-aged",
    [R_NOTE_EVIDENCE_INVALID] = "evidence-invalid",
    [R_NOTE_EVIDENCE_LAPSED] = "evidence-lapsed",
    [R_NOTE_EVIDENCE_UNPROVEN] = "evidence-unproven",
    [R_NOTE_SANDBOX_INCOMPLETE] = "sandbox-incomplete",
};

static const char *const sentences[R_WHY_COUNT] = {
    [R_WHY_NOT_BUNDLE] = N_("this is not an evidence bundle"),
    [R_WHY_OTHER_FORMAT] = N_("this is not an evidence bundle but a file of another kind ({text}); "
                              "decrypt or decompress it first"),
    [R_WHY_ENCRYPTED] =
        N_("this file is encrypted with {text}: nothing of what is in it can be seen before it is decrypted"),
    [R_WHY_CUSTODY] = N_("this is not an evidence bundle but a file of a custody ledger: an offer, a receipt, a signed "
                         "head, or a statement on its way to who must sign it"),
    [R_WHY_HEADER] = N_("at byte {offset}, after {after}: the header is not written as this format writes it"),
    [R_WHY_TYPE] = N_("at byte {offset}, after {after}: the member is not a regular file"),
    [R_WHY_PADDING] = N_("at byte {offset}, after {after}: the padding is not zero"),
    [R_WHY_TRUNCATED] = N_("the file ends at byte {offset}, after {after}, before its end marker is whole"),
    [R_WHY_TRUNCATED_INSIDE] = N_("the tar inside ends at its byte {offset}, after {after}, before its end marker is "
                                  "whole"),
    [R_WHY_TRUNCATED_FRAME] = N_("the file ends inside the compressed frame at its byte {offset}, after {after}"),
    [R_WHY_TRUNCATED_MEMBER] =
        N_("the compressed file ends at its byte {offset}, after {after}, before its end is whole"),
    [R_WHY_FRAME] = N_("at byte {offset} of the compressed file, after {after}: the frame is not one of this format"),
    [R_WHY_FRAME_CONTENT] = N_("at byte {offset} of the compressed file, after {after}: the frame is damaged; it does "
                               "not decompress to the size and checksum that it states"),
    [R_WHY_FRAME_TRAILING] = N_("at byte {offset} of the compressed file, after {after}: something follows the end"),
    [R_WHY_GZIP] = N_("at byte {offset} of the compressed file, after {after}: the gzip data is damaged"),
    [R_WHY_LIMIT_FRAME] = N_("at byte {offset} of the compressed file, after {after}: the frame needs more memory than "
                             "is allowed"),
    [R_WHY_END_BLOCK] = N_("at byte {offset}, after {after}: the end marker is damaged"),
    [R_WHY_TRAILING] = N_("at byte {offset}, after {after}: something follows the end"),
    [R_WHY_VERSION] = N_("the bundle is of another version or has other digests; a newer program may read it"),
    [R_WHY_NAME] = N_("at byte {offset}, after {after}: this name has no place in a bundle"),
    [R_WHY_ORDER] = N_("at byte {offset}, after {after}: the member is not in its place"),
    [R_WHY_TWICE] = N_("at byte {offset}, after {after}: the name comes for the second time"),
    [R_WHY_SEGMENT_NUMBER] = N_("at byte {offset}, after {after}: catalog segment {a} was expected here"),
    [R_WHY_SOURCE_TWICE] = N_("at byte {offset}, after {after}: the source comes for the second time"),
    [R_WHY_BLIND] = N_("at byte {offset}, after {after}: the source blind comes first and holds blind.txt alone"),
    [R_WHY_TWIN] =
        N_("at byte {offset}, after {after}: the name differs from the one before in case only, or has it as "
           "a folder"),
    [R_WHY_MTIME] = N_("the time in the tar headers is not the start of the acquisition"),
    [R_WHY_LIMIT_SIZE] = N_("the member has {a} bytes, more than the {b} that are allowed"),
    [R_WHY_LIMIT_LINE] = N_("line {a} is longer than the {b} bytes that are allowed"),
    [R_WHY_LIMIT_SOURCES] = N_("more than 64 sources"),
    [R_WHY_LIMIT_SIGNATURES] = N_("more than 16 signatures"),
    [R_WHY_LIMIT_SEGMENTS] = N_("more catalog segments than a tag manifest can list"),
    [R_WHY_DIGEST] = N_("the content is not the one that was recorded"),
    [R_WHY_DIGEST_UNSURE] = N_("the content differs from its catalog line; the tag manifest was not reached, so it "
                               "cannot be told which of the two was altered"),
    [R_WHY_SIZE] = N_("{a} bytes are stored, but {b} were recorded"),
    [R_WHY_LISTED_ONLY] = N_("the catalog lists it, but it is not in the bundle"),
    [R_WHY_BLIND_MISSING] = N_("the first payload file, which makes digests unguessable, is not there"),
    [R_WHY_STORED_ONLY] = N_("it is in the bundle, but the catalog does not list it"),
    [R_WHY_STORED_MANY] = N_("{a} more files before this catalog segment that it does not list"),
    [R_WHY_TAG_DIGEST] = N_("its digest is not the one in the tag manifest"),
    [R_WHY_TAG_MISSING] = N_("the tag manifest lists it, but it is not in the bundle"),
    [R_WHY_TAG_UNLISTED] = N_("it is in the bundle, but the tag manifest does not list it"),
    [R_WHY_TAG_NOWHERE] = N_("it is required, but neither in the bundle nor in the tag manifest"),
    [R_WHY_TAGMANIFEST_MISSING] = N_("the tag manifest, which is the signed object, is not there"),
    [R_WHY_TAGMANIFEST512_MISSING] = N_("it is required, but not in the bundle"),
    [R_WHY_TAGMANIFEST512] = N_("it is not what the tag files in the bundle give"),
    [R_WHY_FORM] = N_("the file does not follow its grammar"),
    [R_WHY_LINE] = N_("line {a}, byte {b}: {text}"),
    [R_WHY_LAST_LINE] = N_("the last line does not end, or the file is empty"),
    [R_WHY_FIXED_TEXT] = N_("the text is not the fixed one"),
    [R_WHY_SEGMENT_LINES] = N_("the segment has {a} lines; each has 4096, only the last may have fewer"),
    [R_WHY_CATALOG_ORDER] = N_("its lines are repeated or in another order than the files"),
    [R_WHY_MANIFEST_LINE] = N_("line {a} is not what the catalog says: {text}"),
    [R_WHY_MANIFEST_SEGMENT] = N_("among the lines {a} to {b} one is not what the catalog says"),
    [R_WHY_MANIFEST_COUNT] = N_("it has {a} lines, the catalog {b}"),
    [R_WHY_MANIFEST512] = N_("it is not what the files in the bundle give"),
    [R_WHY_TAGMANIFEST_ORDER] = N_("line {a}: names are repeated, unknown or not in order"),
    [R_WHY_FIELD] = N_("{text} is not what the other records say"),
    [R_WHY_COUNTS] = N_("its counts are not those of the lists"),
    [R_WHY_SOURCE_COUNTS] = N_("its counts for the source {text} are not those of the lists"),
    [R_WHY_SOURCES] = N_("its sources are not those of the lists, in their order: {text}"),
    [R_WHY_MERKLE_COUNT] = N_("it states {a} catalog lines, but there are {b}"),
    [R_WHY_MERKLE_ROOT] = N_("the tree hash over the catalog lines is another one"),
    [R_WHY_NO_SIGNATURE] = N_("there is no signature of a known algorithm inside"),
    [R_WHY_KEY_EXPECTED] = N_("the signature of this key was promised by the collection record, but is not inside"),
    [R_WHY_SIGNATURE_FORM] = N_("the signature cannot be read: {text}"),
    [R_WHY_SIGNATURE_WRONG] =
        N_("the signature is not one over this bundle's tagmanifest-sha256.txt; one of the two was "
           "altered"),
    [R_WHY_SIGNATURE_NAME] = N_("the signature is not by the key in its file name"),
    [R_WHY_SIGNATURE_NOTHING] = N_("there is no tag manifest to check the signature against"),
    [R_WHY_NOT_ON_LIST] = N_("nobody on the list of signers has the key {text}"),
    [R_WHY_TOUCH] = N_("the token of the key {text} signed without the touch or the PIN that the list asks for"),
    [R_WHY_NAMESPACE] = N_("the list does not allow the key {text} to sign for this purpose"),
    [R_WHY_REVOKED] = N_("the key {text} was revoked"),
    [R_WHY_VALIDITY] = N_("the key {text} was not valid at the claimed time, or is not valid now"),
    [R_WHY_TIMESTAMP] = N_("the time stamp proves nothing: {text}"),
    [R_WHY_CLOCK_AHEAD] = N_("it is proved to have existed at {text}, but the collection says that it was finished "
                             "later: the clock of the examined computer was ahead"),
    [R_WHY_CLOCK_BEHIND] = N_("the bundle holds a time stamp of {text}, but the collection says that it was finished "
                              "earlier: the clock of the examined computer was behind"),
    [R_WHY_TIME_UNPROVEN] = N_("nothing proves when the signature was made; the key was judged at the time that the "
                               "bundle claims, and today"),
    [R_WHY_TIMESTAMP_AGED] = N_("the certificate of its authority ran out at {text}, and no evidence record carries it "
                                "on from before"),
    [R_WHY_EVIDENCE] = N_("the evidence record proves nothing: {text}"),
    [R_WHY_EVIDENCE_AT] = N_("time stamp {a} of the evidence record: {text}"),
    [R_WHY_EXTENSIONS] = N_("the bundle has keys beginning x-, which this program does not know"),
    [R_WHY_UNKNOWN_SOURCE] = N_("this program does not know the source {text}"),
    [R_WHY_UNKNOWN_METHOD] = N_("this program does not know the method {text}"),
    [R_WHY_UNKNOWN_ALGORITHM] = N_("the signature is of an algorithm that this program does not know; it was not "
                                   "checked and does not count"),
    [R_WHY_SANDBOX] = N_("this kernel could not give every layer of the sandbox in which the bundle is read; missing: "
                         "{text}"),
    [R_WHY_TOO_FEW] = N_("of the persons on the list {a} signed so that it counts; {b} are required"),
    [R_WHY_DISCLOSED_ONE] = N_("at byte {offset}, after {after}: a disclosure holds one file, and never one of the "
                               "source blind"),
    [R_WHY_DISCLOSED_LINE] = N_("there is no catalog line for it"),
    [R_WHY_DISCLOSED_NO_FILE] = N_("the file that is disclosed is not there"),
    [R_WHY_DISCLOSED_NO_PROOF] = N_("there is no proof that this catalog line belongs to the bundle"),
    [R_WHY_DISCLOSED_PROOF] = N_("the proof does not lead from this catalog line to the tree hash of the bundle"),
    [R_WHY_DISCLOSED_OTHER] = N_("the catalog line is that of another file: {text}"),
    [R_WHY_DISCLOSED_SEGMENTS] = N_("it states {a} catalog lines, but the tag manifest lists {b} catalog segments"),
};

const char *r_finding_code(enum r_code code)
{
    return code_names[code];
}

enum r_class r_finding_class(enum r_code code)
{
    if (code > R_LIMIT_EXCEEDED)
        return R_CLASS_NOTICE;
    return code == R_CONTAINER_UNSUPPORTED || code == R_LIMIT_EXCEEDED ? R_CLASS_UNDETERMINED : R_CLASS_FAILED;
}

/* Length of the place at p when it is one ("{a}"), having appended what stands for it; 0 otherwise */
static size_t fill(struct buf *out, enum lang lang, const char *p, const struct r_finding *f)
{
    if (strncmp(p, "{offset}", 8) == 0) {
        buf_printf(out, "%llu", (unsigned long long)f->offset);
        return 8;
    }
    if (strncmp(p, "{after}", 7) == 0) {
        buf_puts(out, f->after && f->after[0] ? f->after : lang_text_in(lang, N_("the beginning of the file")));
        return 7;
    }
    if (strncmp(p, "{text}", 6) == 0) {
        buf_puts(out, f->text ? lang_text_in(lang, f->text) : "");
        return 6;
    }
    if (strncmp(p, "{a}", 3) == 0 || strncmp(p, "{b}", 3) == 0) {
        buf_printf(out, "%llu", (unsigned long long)(p[1] == 'a' ? f->a : f->b));
        return 3;
    }
    return 0;
}

void r_finding_detail(struct buf *out, enum lang lang, const struct r_finding *finding)
{
    const char *p = lang_text_in(lang, sentences[finding->why]);

    while (*p) {
        size_t used = *p == '{' ? fill(out, lang, p, finding) : 0;
        if (!used)
            buf_putc(out, *p);
        p += used ? used : 1;
    }
}
