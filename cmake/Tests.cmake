# swh_test(name SOURCES a.c … [LIBS lib …] [LABELS slow] [TIMEOUT seconds])
# One program, one CTest entry. Sources may name the repository root with SWH_SOURCE_DIR and the
# program with SWH_BINARY (both are string literals).
function(swh_test name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "TIMEOUT" "SOURCES;LIBS;LABELS")
  if(A_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "swh_test(${name}): what is ${A_UNPARSED_ARGUMENTS}?")
  endif()
  swh_need_rings(${name} ${A_LIBS})
  add_executable(${name} ${A_SOURCES})
  swh_test_target(${name} ${A_LIBS})
  target_link_libraries(${name} PRIVATE test_support ${A_LIBS})
  add_test(NAME ${name} COMMAND ${name})
  swh_test_properties(${name} "${A_TIMEOUT}" "${A_LABELS}")
endfunction()

# swh_test_rig(name SOURCES a.c … [LIBS lib …])
# What several tests share, compiled once. They name it among their LIBS.
function(swh_test_rig name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "" "SOURCES;LIBS")
  if(A_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "swh_test_rig(${name}): what is ${A_UNPARSED_ARGUMENTS}?")
  endif()
  swh_need_rings(${name} ${A_LIBS})
  add_library(${name} STATIC ${A_SOURCES})
  swh_test_target(${name})
  target_link_libraries(${name} PRIVATE test_support ${A_LIBS})
endfunction()

# swh_command_test(name COMMAND program argument … [LABELS slow] [TIMEOUT seconds])
# A test that is a script. It finds the program in SWITCHHOOK_BINARY, the root as its directory.
function(swh_command_test name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "TIMEOUT" "COMMAND;LABELS")
  add_test(NAME ${name} COMMAND ${A_COMMAND})
  swh_test_properties(${name} "${A_TIMEOUT}" "${A_LABELS}")
endfunction()

# swh_fuzz(name SOURCES a_fuzz.c … [LIBS lib …] [MAX_LEN bytes])
# One LLVMFuzzerTestOneInput. Its corpus, the files in corpus/<name>/ beside the CMakeLists.txt, is
# a plain test in every build; with the fuzz preset it is libFuzzer's seed.
function(swh_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "MAX_LEN" "SOURCES;LIBS")
  swh_need_rings(${name} ${A_LIBS})
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  file(GLOB seeds CONFIGURE_DEPENDS ${corpus}/*)
  if(NOT seeds)
    message(FATAL_ERROR "fuzz target ${name} has no corpus in ${corpus}")
  endif()
  set(program fuzz_${name})
  add_executable(${program} ${A_SOURCES})
  swh_test_target(${program} ${A_LIBS})
  target_link_libraries(${program} PRIVATE ${A_LIBS})
  set_property(GLOBAL APPEND PROPERTY SWH_FUZZ_PROGRAMS ${program})
  if(SWH_FUZZ)
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
    set_property(GLOBAL APPEND PROPERTY SWH_FUZZ_LINES
      "$<TARGET_FILE:${program}> ${corpus} $<IF:$<BOOL:${A_MAX_LEN}>,${A_MAX_LEN},65536>")
    add_test(NAME fuzz.${name} COMMAND ${program} -runs=0 ${corpus})
  else()
    target_sources(${program} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/standalone.c)
    add_test(NAME fuzz.${name} COMMAND ${program} ${corpus})
  endif()
  swh_test_properties(fuzz.${name} "" "")
endfunction()

# What the functions above share.

# CMake takes a name that is no target for a library of the system and leaves the complaint to the linker.
function(swh_need_rings name)
  foreach(lib IN LISTS ARGN)
    if(lib MATCHES "^swh_" AND NOT TARGET ${lib})
      message(FATAL_ERROR "${name} links ${lib}, but no folder makes a ring of that name")
    endif()
  endforeach()
endfunction()

function(swh_test_target target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${target} PRIVATE
    SWH_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SWH_BINARY="${PROJECT_BINARY_DIR}/switchhook")
  target_link_libraries(${target} PRIVATE swh_instrument swh_warnings swh_hardening)
endfunction()

function(swh_test_properties name timeout labels)
  if(NOT timeout)
    set(timeout 120) # many times what any needs: a busy machine is no fault
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout} LABELS "${labels}"
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    ENVIRONMENT "SWITCHHOOK_BINARY=${PROJECT_BINARY_DIR}/switchhook")
endfunction()
