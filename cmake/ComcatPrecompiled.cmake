# comcat_precompile(<target> [TESTS]): the target's files begin with headers that are parsed once for all
# targets, not once a file; of a file of tests they are most of the time that it takes.
#
# By g++ alone. The preset `dev` (clang++) has none, so a file that forgets an include does not get past it.

# What a test itself computes is little; optimised, these files are most of a build's time.
set(comcat_test_options -Og -g1)

set(comcat_precompiled_headers
  <algorithm> <array> <atomic> <chrono> <cstddef> <cstdint> <deque> <functional> <map> <memory> <optional>
  <set> <span> <string> <string_view> <thread> <utility> <variant> <vector>
  <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
  <absl/synchronization/mutex.h> <absl/time/time.h>)

file(WRITE "${PROJECT_BINARY_DIR}/precompiled.cpp" "")
function(comcat_precompiled_target name)
  add_library(${name} OBJECT "${PROJECT_BINARY_DIR}/precompiled.cpp")
  target_link_libraries(${name} PRIVATE comcat_options Threads::Threads)
  target_precompile_headers(${name} PRIVATE ${comcat_precompiled_headers} ${ARGN})
endfunction()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  comcat_precompiled_target(comcat_precompiled)
  comcat_precompiled_target(comcat_precompiled_tests <filesystem> <fstream> <gmock/gmock.h>)
  target_link_libraries(comcat_precompiled_tests PRIVATE GTest::gmock)
  target_compile_options(comcat_precompiled_tests PRIVATE ${comcat_test_options})
endif()

function(comcat_precompile target)
  cmake_parse_arguments(P "TESTS" "" "" ${ARGN})
  if(NOT TARGET comcat_precompiled)
    return()
  endif()
  if(P_TESTS)
    target_precompile_headers(${target} REUSE_FROM comcat_precompiled_tests)
  else()
    target_precompile_headers(${target} REUSE_FROM comcat_precompiled)
  endif()
endfunction()
