/* The listings of the source containers (formats/spec/sources/containers.md): makers for sheet_make. */
#ifndef HZ_COLLECTOR_CONTAINERS_CONT_LISTINGS_H
#define HZ_COLLECTOR_CONTAINERS_CONT_LISTINGS_H

#include "base/error.h"
#include "collector/sheet.h"

int cont_containers_make(int root, struct sheet *out, struct hz_error *err); /* live */
int cont_layers_make(int root, struct sheet *out, struct hz_error *err);     /* live */
int cont_configuration_make(int root, struct sheet *out, struct hz_error *err);

#endif
