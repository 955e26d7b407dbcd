#include <stdlib.h>
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

static int compare(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;
    int order = compare_text(x->exe, x->exe_len, y->exe, y->exe_len);

    return order ? order : compare_text(x->name, x->name_len, y->name, y->name_len);
}

static size_t read_owners(const struct fact_member *owners, struct owner list[OWNERS])
{
    size_t count = 0;
    struct r_json j;

    r_json_init(&j, owners->at, owners->len);
    for (r_json_array(&j); count < OWNERS && r_json_item(&j); count++) {
        struct fact_member whole = { .at = (const char *)j.text + j.at };
        const struct fact_member *exe, *name;
        struct fact_row owner;
        size_t begin = j.at;

        if (!r_json_skip(&j))
            break;
        whole.len = j.at - begin;
        if (!fact_row_open(&owner, &whole))
            break;
        exe = fact_member(&owner, "exe");
        name = fact_member(&owner, "name");
        list[count] =
            (struct owner) { exe ? exe->at : NULL, name ? name->at : NULL, exe ? exe->len : 0, name ? name->len : 0 };
    }
    return count;
}

/* Numbers of processes and descriptors are others each time, programs are not */
void fact_socket_owners(const struct fact_member *owners, struct buf *out)
{
    struct owner list[OWNERS];
    size_t count = read_owners(owners, list);
    bool first = true;

    qsort(list, count, sizeof list[0], compare);
    buf_putc(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i && compare(&list[i - 1], &list[i]) == 0)
            continue;
        buf_puts(out, first ? "{" : ",{");
        first = false;
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
}
