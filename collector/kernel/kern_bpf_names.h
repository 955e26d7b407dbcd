/* What the kernel's numbers for kinds of BPF objects mean (linux/bpf.h). */
#ifndef HZ_COLLECTOR_KERNEL_KERN_BPF_NAMES_H
#define HZ_COLLECTOR_KERNEL_KERN_BPF_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* NULL: not known here */
const char *kern_bpf_program_type(uint32_t type);
const char *kern_bpf_map_type(uint32_t type);
const char *kern_bpf_link_type(uint32_t type);
/* Does such a program see or alter what other code in the kernel does (probes, tracing, LSM)? */
bool kern_bpf_traces(uint32_t program_type);

#endif
