/* How addresses and the like are written. */
#ifndef HZ_COLLECTOR_NETWORK_NET_TEXT_H
#define HZ_COLLECTOR_NETWORK_NET_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json_out.h"

#define NET_ADDRESS_SIZE 64

/* "192.0.2.1", "2001:db8::1" (RFC 5952); "" for any other family or length. Never looked up. */
void net_text_address(char out[NET_ADDRESS_SIZE], int family, const void *bytes, size_t len);
/* "02:00:00:00:00:01"; at most 32 bytes of them. */
void net_text_mac(char out[96], const void *bytes, size_t len);
/* Appends blanks until the line that began at `from` has `columns` bytes; one at least, 64 at most. */
void net_text_pad(struct buf *out, size_t from, size_t columns);
/* A member that is a decimal string, or nothing when the value is 0. */
void net_json_some(struct json_out *j, const char *key, uint64_t value);
/* A member that is a number, or nothing when it is 0. */
void net_json_count(struct json_out *j, const char *key, uint32_t value);

#endif
