# swh_hardening: the flags that make a bug of ours harder to use. A flag that the compiler does not
# know is left out. Sanitizers bring their own checks and do not mix with _FORTIFY_SOURCE.
include(CheckCCompilerFlag)
add_library(swh_hardening INTERFACE)

# These keep the meaning of the code under optimisation: in every build.
target_compile_options(swh_hardening INTERFACE
  -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing)

if(NOT SWH_SANITIZE AND NOT SWH_FUZZ)
  set(flags -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64|AMD64")
    list(APPEND flags -fcf-protection=full)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    list(APPEND flags -mbranch-protection=standard)
  endif()
  foreach(flag IN LISTS flags)
    string(MAKE_C_IDENTIFIER "SWH_HAS${flag}" known)
    check_c_compiler_flag(${flag} ${known})
    if(${known})
      target_compile_options(swh_hardening INTERFACE ${flag})
    endif()
  endforeach()
  target_compile_options(swh_hardening INTERFACE
    $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>)
  target_link_options(swh_hardening INTERFACE
    LINKER:-z,relro,-z,now,-z,noexecstack,-z,nodlopen,-z,separate-code LINKER:--as-needed)
endif()
