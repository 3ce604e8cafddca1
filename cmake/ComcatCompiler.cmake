# Warnings and sanitizers, as a target that every comcat library and program links.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

add_library(comcat_options INTERFACE)
target_compile_options(comcat_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough
  -pthread  # for all, as some libraries ask for it and a precompiled header holds for one set of macros
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  # g++ 12 sees ghosts in std::variant and, once its headers are precompiled, in std::string.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=
  $<$<BOOL:${COMCAT_WERROR}>:-Werror>)

# Debug builds stay fast enough for tests that run in real time.
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-Og -g1)
endif()
if(COMCAT_SANITIZE)
  add_compile_options(-fsanitize=${COMCAT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${COMCAT_SANITIZE})
  if(COMCAT_SANITIZE MATCHES "undefined")
    # It opens files to judge a type, and takes a lack of descriptors, which tests bring about, for a
    # finding.
    add_compile_options(-fno-sanitize=vptr)
  endif()
endif()
if(COMCAT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
