/* The listings of the source kernel (formats/spec/sources/kernel.md): makers for sheet_make, each on its own thread. */
#ifndef HZ_COLLECTOR_KERNEL_KERN_LISTINGS_H
#define HZ_COLLECTOR_KERNEL_KERN_LISTINGS_H

#include "base/error.h"
#include "collector/sheet.h"

int kern_modules_make(int root, struct sheet *out, struct hz_error *err);
int kern_bpf_make(int root, struct sheet *out, struct hz_error *err);
int kern_kmsg_make(int root, struct sheet *out, struct hz_error *err);
int kern_mounts_make(int root, struct sheet *out, struct hz_error *err);
int kern_state_make(int root, struct sheet *out, struct hz_error *err);
int kern_sysctl_make(int root, struct sheet *out, struct hz_error *err);

#endif
