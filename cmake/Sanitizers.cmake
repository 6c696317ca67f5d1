# swh_instrument: what a build adds to every object of ours. Linked PUBLIC, so that programs link
# the same run-time library as the objects in them.
set(SWH_SANITIZE "" CACHE STRING "Sanitizers, comma separated (address,undefined or thread)")
option(SWH_FUZZ "Build the fuzz targets for libFuzzer (clang only)" OFF)

add_library(swh_instrument INTERFACE)
if(SWH_SANITIZE)
  target_compile_options(swh_instrument INTERFACE
    -fsanitize=${SWH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(swh_instrument INTERFACE -fsanitize=${SWH_SANITIZE})
endif()
if(SWH_FUZZ)
  target_compile_options(swh_instrument INTERFACE -fsanitize=fuzzer-no-link)
endif()
