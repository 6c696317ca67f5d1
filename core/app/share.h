#ifndef CORE_APP_SHARE_H
#define CORE_APP_SHARE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * The directory of the sample assistants: ./assistants, else the one installed beside this program
 * (../share/switchhook/assistants), else where the build was told to install. False: nowhere.
 */
bool share_find_assistants(char *dst, size_t size);

#endif
