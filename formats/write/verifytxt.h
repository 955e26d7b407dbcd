/* meta/VERIFY.en.txt and meta/VERIFY.ja.txt: the bytes of formats/spec/VERIFY.*.txt, compiled in. */
#ifndef HZ_FORMATS_WRITE_VERIFYTXT_H
#define HZ_FORMATS_WRITE_VERIFYTXT_H

#include <stddef.h>

const void *w_verifytxt_en(size_t *len);
const void *w_verifytxt_ja(size_t *len);

#endif
