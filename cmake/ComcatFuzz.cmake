# comcat_fuzz_target(<name> SOURCES <file>... [LINKS <target>...])
#
# SOURCES (relative to the calling folder) define LLVMFuzzerTestOneInput. Under the preset `fuzz` the
# result is the libFuzzer program build/fuzz/fuzz-<name>; under every other preset the same program
# only replays files. Under all of them the test fuzz.<name>.corpus replays what is kept in
# tests/fuzz/corpus/<name>/, where each finding goes once it is fixed. scripts/fuzz runs the targets.
add_custom_target(fuzz-targets)
if(NOT COMCAT_FUZZ)
  add_library(comcat_fuzz_replay OBJECT "${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp")
  target_include_directories(comcat_fuzz_replay PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(comcat_fuzz_replay PRIVATE comcat_options)
endif()

function(comcat_fuzz_target name)
  cmake_parse_arguments(FUZZ "" "" "SOURCES;LINKS" ${ARGN})
  set(tests "${PROJECT_SOURCE_DIR}/tests")
  set(corpus "${tests}/fuzz/corpus/${name}")
  if(NOT IS_DIRECTORY "${corpus}")
    message(FATAL_ERROR "fuzz-${name} has no corpus; put at least one file into ${corpus}")
  endif()
  add_executable(fuzz-${name} ${FUZZ_SOURCES})
  target_include_directories(fuzz-${name} PRIVATE "${tests}")
  target_link_libraries(fuzz-${name} PRIVATE comcat_options ${FUZZ_LINKS})
  if(COMCAT_FUZZ)
    target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
    set(only_replay -runs=0)
  else()
    target_link_libraries(fuzz-${name} PRIVATE comcat_fuzz_replay)
    set(only_replay "")
  endif()
  add_dependencies(fuzz-targets fuzz-${name})
  add_test(NAME fuzz.${name}.corpus COMMAND fuzz-${name} ${only_replay} "${corpus}")
  set_tests_properties(fuzz.${name}.corpus PROPERTIES LABELS fuzz)
endfunction()
