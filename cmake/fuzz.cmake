# heygen_fuzz(NAME LINK target...): NAME.cc, whose heygen::fuzz::run() takes any bytes. With
# HEYGEN_FUZZ (the `fuzz` preset, clang) libFuzzer calls it; else a ctest case replays
# fixtures/corpora/NAME/.
option(HEYGEN_FUZZ "Build the fuzz targets for libFuzzer (clang)" OFF)
add_custom_target(fuzz)

function(heygen_fuzz name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  set(target fuzz-${name})
  string(REPLACE "_" "-" target ${target})
  add_executable(${target} ${name}.cc)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE ${arg_LINK} heygen_warnings)
  add_dependencies(fuzz ${target})
  if(HEYGEN_FUZZ)
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/libfuzzer.cc)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    target_link_libraries(${target} PRIVATE heygen_fuzz_replay)
    add_test(NAME fuzz_${name}
      COMMAND ${target} ${PROJECT_SOURCE_DIR}/fixtures/corpora/${name})
    set_tests_properties(fuzz_${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
endfunction()

if(BUILD_TESTING AND NOT HEYGEN_FUZZ)
  add_library(heygen_fuzz_replay STATIC ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cc)
  target_include_directories(heygen_fuzz_replay PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(heygen_fuzz_replay PRIVATE heygen_warnings)
endif()
