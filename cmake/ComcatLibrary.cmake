# comcat_library(<name> SOURCES <file>... [NEEDS <library>...] [LINKS <target>...])
#
# Declares src/<name>/ and include/comcat/<name>/ as the library comcat_<name>. NEEDS names every
# comcat library whose headers it includes; each must be declared before it, so dependencies run
# one way, and the test layer.<name> fails on an include that NEEDS does not name. LINKS are
# libraries from outside.
function(comcat_library name)
  cmake_parse_arguments(LIB "" "" "SOURCES;NEEDS;LINKS" ${ARGN})
  set(root "${PROJECT_SOURCE_DIR}")
  list(TRANSFORM LIB_SOURCES PREPEND "${root}/src/${name}/")
  add_library(comcat_${name} STATIC ${LIB_SOURCES})
  target_include_directories(comcat_${name} PUBLIC "${root}/include")
  target_link_libraries(comcat_${name} PRIVATE comcat_options PUBLIC ${LIB_LINKS})
  comcat_precompile(comcat_${name})
  foreach(need IN LISTS LIB_NEEDS)
    if(NOT TARGET comcat_${need})
      message(FATAL_ERROR "comcat_${name} needs ${need}, which is not declared before it")
    endif()
    target_link_libraries(comcat_${name} PUBLIC comcat_${need})
  endforeach()
  add_test(NAME layer.${name}
    COMMAND ${CMAKE_COMMAND} "-DLIBRARY=${name}" "-DNEEDS=${LIB_NEEDS}" "-DROOT=${root}"
      -P "${root}/cmake/CheckLayer.cmake")
  set_tests_properties(layer.${name} PROPERTIES LABELS layer)
endfunction()

# comcat_tests(<library> SOURCES <file>... [LINKS <target>...] [LABEL <label>] [ALONE])
#
# One GoogleTest program for the library, from tests/<library>/. LABEL, the library's name where it is
# not given, says what presets leave out: grpc (tsan, which does not even build them: Debian's gRPC is not
# instrumented), program (tsan and dev: tests of whole programs, which release runs as users have them and
# asan with every check). ALONE: its tests run in real time, and no other test runs beside them.
function(comcat_tests name)
  cmake_parse_arguments(T "ALONE" "LABEL" "SOURCES;LINKS" ${ARGN})
  if(NOT T_LABEL)
    set(T_LABEL ${name})
  endif()
  set(root "${PROJECT_SOURCE_DIR}")
  list(TRANSFORM T_SOURCES PREPEND "${root}/tests/${name}/")
  add_executable(comcat-${name}-tests ${T_SOURCES})
  target_include_directories(comcat-${name}-tests PRIVATE "${root}/tests")
  target_compile_options(comcat-${name}-tests PRIVATE ${comcat_test_options})
  comcat_precompile(comcat-${name}-tests TESTS)
  target_link_libraries(comcat-${name}-tests PRIVATE comcat_options ${T_LINKS} GTest::gmock_main)
  if(TARGET comcat_tsan_mutex)
    target_link_libraries(comcat-${name}-tests PRIVATE comcat_tsan_mutex)
  endif()
  if(TARGET comcat_${name})
    target_link_libraries(comcat-${name}-tests PRIVATE comcat_${name})
  endif()
  if(COMCAT_SANITIZE MATCHES "thread" AND T_LABEL MATCHES "^(grpc|program)$")
    set_target_properties(comcat-${name}-tests PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  gtest_discover_tests(comcat-${name}-tests
    TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
    PROPERTIES LABELS ${T_LABEL} RUN_SERIAL ${T_ALONE})
endfunction()

# comcat_program(<name> SOURCES <file>... LINKS <target>...): build/<preset>/<name>, from src/apps/.
function(comcat_program name)
  cmake_parse_arguments(P "" "" "SOURCES;LINKS" ${ARGN})
  list(TRANSFORM P_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/src/apps/")
  add_executable(${name} ${P_SOURCES})
  target_link_libraries(${name} PRIVATE comcat_options ${P_LINKS})
  comcat_precompile(${name})
endfunction()
