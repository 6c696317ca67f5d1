# cmake -D NAME=… -D FILE=… -D OUT=… -P EmbedFile.cmake: see Embed.cmake
file(READ ${FILE} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR bytes "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
file(WRITE ${OUT} "#include <stddef.h>

extern const unsigned char embedded_${NAME}[];
extern const size_t embedded_${NAME}_bytes;
const unsigned char embedded_${NAME}[] = {${hex}};
const size_t embedded_${NAME}_bytes = ${bytes};
")
