#include <string.h>

#include "verify/fact.h"

#define OWNERS 64

/* As formats/spec/sources/network.md says of a listener: TCP or vsock in state LISTEN, or UDP with a port and nobody at
 * the other end */
bool fact_socket_listens(const struct fact_row *row)
{
    struct fact_row local, remote;

    if (fact_is(row, "kind", "tcp") || fact_is(row, "kind", "vsock"))
        return fact_is(row, "state", "LISTEN");
    if (!fact_is(row, "kind", "udp") && !fact_is(row, "kind", "udplite"))
        return false;
    if (fact_row_open(&remote, fact_member(row, "remote")) && fact_member(&remote, "port"))
        return false;
    return fact_is(row, "state", "UNCONN") && fact_row_open(&local, fact_member(row, "local")) &&
           fact_member(&local, "port");
}

/* "tcp 127.0.0.1:22", "tcp [::]:22", "vsock 2:1024" */
void fact_socket_name(const struct fact_row *row, struct buf *out)
{
    const struct fact_member *address, *port;
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FACT_NAME_MAX);
    struct fact_row local;

    fact_put_text(out, fact_member(row, "kind"));
    if (!fact_row_open(&local, fact_member(row, "local")))
        return;
    address = fact_member(&local, "address");
    port = fact_member(&local, "port");
    fact_put_text(&text, address ? address : fact_member(&local, "cid"));
    buf_puts(out, text.len && memchr(text.data, ':', text.len) ? " [" : " ");
    buf_put(out, text.len ? text.data : (const unsigned char *)"*", text.len ? text.len : 1);
    if (text.len && memchr(text.data, ':', text.len))
        buf_putc(out, ']');
    buf_reset(&text);
    fact_put_text(&text, port);
    buf_putc(out, ':');
    buf_put(out, text.data, text.len);
}

struct owner {
    const char *exe, *name; /* as they stand there; NULL: not known */
    size_t exe_len, name_len;
};

static int compare_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = a_len && b_len ? memcmp(a, b, a_len < b_len ? a_len : b_len) : 0;

    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare(const struct owner *x, const struct owner *y)
{
    int order = compare_text(x->exe, x->exe_len, y->exe, y->exe_len);

    return order ? order : compare_text(x->name, x->name_len, y->name, y->name_len);
}

/* Keeps the first OWNERS in the order of their bytes, each once. false: there are more */
static bool insert(struct owner list[OWNERS], size_t *count, const struct owner *owner)
{
    size_t at = 0, moved;
    bool full = *count == OWNERS;

    while (at < *count && compare(&list[at], owner) < 0)
        at++;
    if (at < *count && compare(&list[at], owner) == 0)
        return true;
    if (at == OWNERS)
        return false;
    moved = *count - at - full;
    memmove(&list[at + 1], &list[at], moved * sizeof list[0]);
    list[at] = *owner;
    *count += !full;
    return !full;
}

static bool read_owners(const struct fact_member *owners, struct owner list[OWNERS], size_t *count)
{
    bool all = true;
    struct r_json j;

    *count = 0;
    r_json_init(&j, owners->at, owners->len);
    for (r_json_array(&j); r_json_item(&j);) {
        struct fact_member whole = { .at = (const char *)j.text + j.at };
        const struct fact_member *exe, *name;
        struct fact_row row;
        size_t begin = j.at;

        if (!r_json_skip(&j))
            break;
        whole.len = j.at - begin;
        if (!fact_row_open(&row, &whole))
            break;
        exe = fact_member(&row, "exe");
        name = fact_member(&row, "name");
        all &= insert(
            list, count,
            &(struct owner) { exe ? exe->at : NULL, name ? name->at : NULL, exe ? exe->len : 0, name ? name->len : 0 });
    }
    return all;
}

/* Numbers of processes and descriptors are others each time, programs are not */
bool fact_socket_owners(const struct fact_member *owners, struct buf *out)
{
    struct owner list[OWNERS];
    size_t count;
    bool all = read_owners(owners, list, &count);

    buf_putc(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, i ? ",{" : "{");
        if (list[i].exe) {
            buf_puts(out, "\"exe\":");
            buf_put(out, list[i].exe, list[i].exe_len);
        }
        if (list[i].name) {
            buf_puts(out, list[i].exe ? ",\"name\":" : "\"name\":");
            buf_put(out, list[i].name, list[i].name_len);
        }
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
    return all;
}
