#include "formats/write/agent.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_unix.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/write/digest.h"
#include "formats/write/key.h"
#include "formats/write/sshwire.h"

#define SOCKET "SSH_AUTH_SOCK"
#define LIST_SECONDS 10
#define ANSWER_MAX ((size_t)256 << 10) /* as much as OpenSSH's own client takes */
#define REQUEST_MAX ((size_t)64 << 10)
#define KEYS_MAX 2048

enum { FAILURE = 5, REQUEST_IDENTITIES = 11, IDENTITIES_ANSWER = 12, SIGN_REQUEST = 13, SIGN_RESPONSE = 14 };

static int malformed(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, "%s", _("its answer does not follow the protocol of ssh-agent"));
}

static int converse(const struct io_unix *agent, const struct buf *request, struct buf *answer, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf head = BUF_INIT(4);
    unsigned char size[4];
    w_sshwire_u32(&head, (uint32_t)request->len);
    int rc = io_unix_send(agent, head.data, head.len, err);
    if (rc == HZ_OK)
        rc = io_unix_send(agent, request->data, request->len, err);
    if (rc == HZ_OK)
        rc = io_unix_receive(agent, size, sizeof size, err);
    if (rc != HZ_OK)
        return rc;
    const size_t len = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3];
    if (len == 0 || len > ANSWER_MAX)
        return malformed(err);
    unsigned char *room = buf_grow(answer, len);
    return room != NULL ? io_unix_receive(agent, room, len, err) : buf_check(answer, err);
}

/* One request and its answer, over a connection of its own: the agent may have been started again meanwhile. */
static int ask(const struct buf *request, unsigned seconds, struct buf *answer, struct hz_error *err)
{
    HZ_CLEANUP(io_unix_close) struct io_unix agent = IO_UNIX_CLOSED;
    const char *path = getenv(SOCKET);
    int rc = buf_check(request, err);
    if (rc != HZ_OK)
        return rc;
    if (path == NULL || path[0] == '\0')
        return hz_error_set(err, HZ_E_NOTFOUND,
                            _("no ssh-agent: %s is not set; start one and add the key with ssh-add"), SOCKET);
    rc = io_unix_connect(path, seconds, &agent, err);
    if (rc == HZ_OK)
        rc = converse(&agent, request, answer, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "ssh-agent");
}

/* The SHA-256 that a fingerprint says. */
static int parse_fingerprint(const char *text, unsigned char digest[W_DIGEST_SIZE], struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(64);
    char padded[45] = "";
    if (strncmp(text, "SHA256:", 7) == 0 && strlen(text) == 50) {
        memcpy(padded, text + 7, 43);
        padded[43] = '=';
    }
    if (padded[0] == '\0' || text_unbase64(&bytes, padded, 44) != HZ_OK || bytes.len != W_DIGEST_SIZE)
        return hz_error_set(err, HZ_E_USAGE,
                            _("\"%s\" is not a fingerprint: write agent:SHA256:... as ssh-add -l shows it"), text);
    memcpy(digest, bytes.data, W_DIGEST_SIZE);
    return HZ_OK;
}

struct identity {
    struct w_sshwire_view blob, comment;
};

/* *found stays empty when none of the keys has that digest. */
static int search(struct w_sshwire_view list, const unsigned char digest[W_DIGEST_SIZE], struct identity *found,
                  struct hz_error *err)
{
    unsigned char own[W_DIGEST_SIZE];
    uint32_t count = 0;
    if (!w_sshwire_take_u32(&list, &count) || count > KEYS_MAX)
        return malformed(err);
    while (count-- > 0) {
        struct identity each;
        if (!w_sshwire_take(&list, &each.blob) || !w_sshwire_take(&list, &each.comment))
            return malformed(err);
        int rc = w_digest_of(each.blob.at, each.blob.len, own, err);
        if (rc != HZ_OK)
            return rc;
        if (memcmp(own, digest, sizeof own) == 0)
            *found = each;
    }
    return list.len == 0 ? HZ_OK : malformed(err);
}

static int take_identity(const struct identity *found, struct buf *blob, struct buf *comment, struct hz_error *err)
{
    if (found->blob.len > W_AGENT_BLOB_MAX)
        return malformed(err);
    buf_put(blob, found->blob.at, found->blob.len);
    if (found->comment.len <= W_AGENT_COMMENT_MAX && memchr(found->comment.at, 0, found->comment.len) == NULL)
        buf_put(comment, found->comment.at, found->comment.len);
    const int rc = buf_check(blob, err);
    return rc == HZ_OK ? buf_check(comment, err) : rc;
}

int w_agent_find(const char *fingerprint, struct buf *blob, struct buf *comment, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf request = BUF_INIT(16), answer = BUF_INIT(ANSWER_MAX);
    unsigned char digest[W_DIGEST_SIZE];
    struct identity found = { .blob = { .len = 0 } };
    int rc = parse_fingerprint(fingerprint, digest, err);
    buf_putc(&request, REQUEST_IDENTITIES);
    if (rc == HZ_OK)
        rc = ask(&request, LIST_SECONDS, &answer, err);
    if (rc != HZ_OK)
        return rc;
    if (answer.data[0] == FAILURE)
        return hz_error_set(err, HZ_E_DENIED, "%s", _("ssh-agent does not tell which keys it holds"));
    if (answer.data[0] != IDENTITIES_ANSWER)
        rc = malformed(err);
    if (rc == HZ_OK)
        rc = search((struct w_sshwire_view) { answer.data + 1, answer.len - 1 }, digest, &found, err);
    if (rc == HZ_OK && found.blob.len == 0)
        return hz_error_set(err, HZ_E_NOTFOUND, _("ssh-agent holds no key %s; ssh-add -l lists those it holds"),
                            fingerprint);
    if (rc == HZ_OK)
        rc = take_identity(&found, blob, comment, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "ssh-agent");
}

int w_agent_sign(const struct buf *blob, const void *bytes, size_t len, struct buf *signature, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf request = BUF_INIT(REQUEST_MAX), answer = BUF_INIT(ANSWER_MAX);
    struct w_sshwire_view rest, given = { .len = 0 };
    buf_putc(&request, SIGN_REQUEST);
    w_sshwire_bytes(&request, blob->data, blob->len);
    w_sshwire_bytes(&request, bytes, len);
    w_sshwire_u32(&request, 0);
    int rc = ask(&request, W_KEY_AGENT_SECONDS, &answer, err);
    if (rc != HZ_OK)
        return rc;
    if (answer.data[0] == FAILURE)
        return hz_error_set(err, HZ_E_DENIED, "%s",
                            _("ssh-agent did not sign: the key is locked, its token is not there or was not touched, "
                              "or somebody said no"));
    rest = (struct w_sshwire_view) { answer.data + 1, answer.len - 1 };
    if (answer.data[0] != SIGN_RESPONSE || !w_sshwire_take(&rest, &given) || rest.len != 0 ||
        given.len > W_AGENT_SIGNATURE_MAX) {
        malformed(err);
        return hz_error_context(err, "ssh-agent");
    }
    buf_put(signature, given.at, given.len);
    return buf_check(signature, err);
}
