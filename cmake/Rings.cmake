# swh_ring(name SOURCES a.c … [PUBLIC lib …] [PRIVATE lib …])
# One static library per ring. A ring sees only what it links, so the direction of the architecture
# is in the link graph as well as in tests/arch.
function(swh_ring name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "" "SOURCES;PUBLIC;PRIVATE")
  if(A_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "swh_ring(${name}): what is ${A_UNPARSED_ARGUMENTS}?")
  endif()
  add_library(${name} STATIC ${A_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name}
    PUBLIC ${A_PUBLIC} swh_instrument
    PRIVATE ${A_PRIVATE} swh_warnings swh_hardening)
  set_property(GLOBAL APPEND PROPERTY SWH_RINGS ${name})
endfunction()

# swh_program(name SOURCES main.c … LIBS ring …)
# The program lands at the top of the build directory: build/<preset>/<name>.
function(swh_program name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "" "SOURCES;LIBS")
  add_executable(${name} ${A_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${A_LIBS} swh_instrument swh_warnings swh_hardening)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
