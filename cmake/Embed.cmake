# swh_embed(name file): makes a C source that holds the file's bytes as
#   extern const unsigned char embedded_<name>[]; extern const size_t embedded_<name>_bytes;
# and leaves its path in EMBEDDED_<name>. Made again when the file changes.
function(swh_embed name file)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.c)
  add_custom_command(OUTPUT ${out} DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/EmbedFile.cmake
    COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D FILE=${file} -D OUT=${out}
            -P ${PROJECT_SOURCE_DIR}/cmake/EmbedFile.cmake
    COMMENT "Embedding ${file}" VERBATIM)
  set(EMBEDDED_${name} ${out} PARENT_SCOPE)
endfunction()
