#ifndef CORE_IO_ZONE_FILES_H
#define CORE_IO_ZONE_FILES_H

#include "core/domain/zones.h"

/** Zones from the system's tables below `dir`, which must outlive them; NULL: where they are. */
struct zones zone_files(const char *dir);

#endif
