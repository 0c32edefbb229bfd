# Tests, benchmarks and fuzz targets: where a file lies decides what it is linked to.
#
#   tests/<layer>/*_test.cc        one GoogleTest program <layer>_test, labels layer:<layer> and tier:fast
#   tests/<layer>/*_long_test.cc   one GoogleTest program <layer>_long_test, label tier:long
#   tests/<layer>/*.cc             what these share
#   tests/scenario/*_test.cc       the same, linked to every layer
#   bench/<layer>/*_bench.cc       one Google Benchmark program <layer>_bench (bench/<layer>_bench.cc works too)
#   tests/fuzz/*_fuzz.cc           one libFuzzer program each (with -DDMLS_FUZZ=ON), linked to every layer
include_guard()

# Every layer that exists, as link targets.
function(dmls_all_layers result)
  get_property(layers GLOBAL PROPERTY DMLS_LAYERS)
  list(TRANSFORM layers PREPEND dmls::)
  set(${result} ${layers} PARENT_SCOPE)
endfunction()

# dmls_tests(NAME LIBRARIES...): the test programs of tests/NAME, called from tests/CMakeLists.txt.
function(dmls_tests name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  set(shared_sources ${sources})
  list(FILTER shared_sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER sources INCLUDE REGEX "_test\\.cc$")
  set(long_sources ${sources})
  list(FILTER sources EXCLUDE REGEX "_long_test\\.cc$")
  list(FILTER long_sources INCLUDE REGEX "_long_test\\.cc$")
  if(sources)
    list(APPEND sources ${shared_sources})
  endif()
  if(long_sources)
    list(APPEND long_sources ${shared_sources})
  endif()
  _dmls_test_program(${name}_test "${sources}" layer:${name} tier:fast ${ARGN})
  _dmls_test_program(${name}_long_test "${long_sources}" layer:${name} tier:long ${ARGN})
endfunction()

function(_dmls_test_program program sources layer tier)
  if(NOT sources)
    return()
  endif()
  add_executable(${program} ${sources})
  target_link_libraries(${program} PRIVATE ${ARGN} dmls_test_support dmls_developer_flags GTest::gtest_main)
  # Optimising test code costs more time than it saves.
  target_compile_options(${program} PRIVATE $<$<CONFIG:Release>:-O1>)
  gtest_discover_tests(${program} DISCOVERY_TIMEOUT 60 TEST_LIST ${program}_list PROPERTIES TIMEOUT 600)
  # gtest_discover_tests() cannot pass a list; a file that ctest reads after the tests' own can.
  set(labels ${CMAKE_CURRENT_BINARY_DIR}/${program}_labels.cmake)
  file(WRITE ${labels} "set_tests_properties(\${${program}_list} PROPERTIES LABELS \"${layer};${tier}\")\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels})
endfunction()

# dmls_benches(NAME LIBRARIES...): the benchmark program of bench/NAME, called from bench/CMakeLists.txt.
function(dmls_benches name)
  file(GLOB sources CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*_bench.cc ${CMAKE_CURRENT_SOURCE_DIR}/${name}_bench.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_bench ${sources})
  target_link_libraries(${name}_bench PRIVATE ${ARGN} dmls_developer_flags benchmark::benchmark_main)
  if(NOT TARGET benches)
    add_custom_target(benches)
  endif()
  add_dependencies(benches ${name}_bench)
endfunction()

# dmls_must_not_compile(NAME SOURCE LIBRARY REGEX): SOURCE compiles against LIBRARY as it stands, and no longer
# compiles, with a message matching REGEX, once DMLS_MISUSE is defined.
function(dmls_must_not_compile name source library regex)
  add_test(NAME compile_fail.${name} COMMAND ${CMAKE_COMMAND}
    -D COMPILER=${CMAKE_CXX_COMPILER} -D SOURCE=${CMAKE_CURRENT_SOURCE_DIR}/${source} -D "REGEX=${regex}"
    -D "INCLUDES=$<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>"
    -P ${PROJECT_SOURCE_DIR}/cmake/must_not_compile.cmake)
  set_tests_properties(compile_fail.${name} PROPERTIES LABELS "layer:compile_fail;tier:fast")
endfunction()
