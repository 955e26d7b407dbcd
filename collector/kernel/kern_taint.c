#include "collector/kernel/kern_taint.h"

const struct kern_taint kern_taints[] = {
    { 0, 'P', "a module under a proprietary licence" },
    { 1, 'F', "a module was loaded by force" },
    { 2, 'S', "a processor outside its specification" },
    { 3, 'R', "a module was unloaded by force" },
    { 4, 'M', "the processor reported a machine check" },
    { 5, 'B', "a bad page, or unexpected page flags" },
    { 6, 'U', "a program in user space asked for the taint" },
    { 7, 'D', "the kernel died: an oops or a bug" },
    { 8, 'A', "an ACPI table was replaced by the user" },
    { 9, 'W', "the kernel warned" },
    { 10, 'C', "a staging driver" },
    { 11, 'I', "a workaround for a defect of the firmware" },
    { 12, 'O', "a module built outside the kernel's tree" },
    { 13, 'E', "a module without a valid signature" },
    { 14, 'L', "a soft lockup" },
    { 15, 'K', "the kernel was patched while it ran" },
    { 16, 'X', "auxiliary, as the distribution defines it" },
    { 17, 'T', "built with structure layouts chosen at random" },
    { 18, 'N', "a test ran inside the kernel" },
    { 19, 'J', "a debugging interface of firmware was used to alter it" },
};
const size_t kern_taint_count = sizeof kern_taints / sizeof kern_taints[0];

const struct kern_taint *kern_taint_bit(unsigned bit)
{
    return bit < kern_taint_count ? &kern_taints[bit] : NULL;
}

const struct kern_taint *kern_taint_letter(char letter)
{
    for (size_t i = 0; i < kern_taint_count; i++)
        if (kern_taints[i].letter == letter)
            return &kern_taints[i];
    return NULL;
}
