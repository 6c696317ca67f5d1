# swh_warnings: linked PRIVATE to our own targets only, never to other people's code.
option(SWH_WERROR "Treat warnings in our code as errors" OFF)

add_library(swh_warnings INTERFACE)
target_compile_options(swh_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wold-style-definition -Wvla -Wwrite-strings -Wundef -Wformat=2
  -Wimplicit-fallthrough -Wswitch-enum -Wpointer-arith
  -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
  -Werror=format-security -Werror=return-type)
if(SWH_WERROR)
  target_compile_options(swh_warnings INTERFACE -Werror)
endif()
