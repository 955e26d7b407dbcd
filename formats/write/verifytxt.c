#include "formats/write/verifytxt.h"

#include "formats/write/verifytxt_data.h"

const void *w_verifytxt_en(size_t *len)
{
    *len = sizeof verifytxt_en;
    return verifytxt_en;
}

const void *w_verifytxt_ja(size_t *len)
{
    *len = sizeof verifytxt_ja;
    return verifytxt_ja;
}
