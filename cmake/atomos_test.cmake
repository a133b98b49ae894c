# atomos_test(NAME
#     [SOURCES file...]       NAME.cpp if left out
#     [LABELS label...]       ctest labels: stress, ...
#     [LIBRARIES target...]   beside atomos and GoogleTest
#     [DEFINITIONS macro...]
#     [NO_MAIN]               the sources have their own main()
#     [SERIAL]                nothing else runs beside it
#     [BUSY]                  optimised under sanitizers too: it runs longer than it takes to compile
#     [ONE_THREAD]            left out under the thread sanitizer, which has nothing new to see there
#     [WHOLE])                one ctest test for the binary, not one per TEST: where tests share a process
#
# Each TEST is a ctest test called NAME.Suite.sentence. A skipped one is reported as skipped.

include(GoogleTest)

function(atomos_test name)
  cmake_parse_arguments(
    PARSE_ARGV 1 arg "NO_MAIN;SERIAL;BUSY;ONE_THREAD;WHOLE" "" "SOURCES;LABELS;LIBRARIES;DEFINITIONS"
  )
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "atomos_test(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
  endif()
  if(arg_ONE_THREAD AND ATOMOS_SANITIZE MATCHES "thread")
    return()
  endif()
  if(NOT arg_SOURCES)
    set(arg_SOURCES ${name}.cpp)
  endif()

  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(${name} PRIVATE ${arg_DEFINITIONS})
  target_link_libraries(
    ${name} PRIVATE atomos::atomos atomos_checks ${arg_LIBRARIES} GTest::gtest
  )
  if(arg_BUSY AND ATOMOS_SANITIZE)
    target_compile_options(${name} PRIVATE -O1)
  endif()
  if(NOT arg_NO_MAIN)
    target_link_libraries(${name} PRIVATE GTest::gtest_main)
  endif()

  set(properties RUN_SERIAL ${arg_SERIAL})
  if(arg_WHOLE)
    # No SKIP_REGULAR_EXPRESSION: one skipped TEST would hide that another one failed.
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES ${properties} LABELS "${arg_LABELS}")
    return()
  endif()

  gtest_discover_tests(
    ${name}
    TEST_PREFIX "${name}."
    DISCOVERY_TIMEOUT 60
    NO_PRETTY_TYPES
    PROPERTIES ${properties}
  )
  if(arg_LABELS)
    # A list does not survive as a property there, so it is set once the tests are known.
    set(labels "${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake")
    file(
      CONFIGURE
      OUTPUT "${labels}"
      CONTENT "set_tests_properties(\${@name@_TESTS} PROPERTIES LABELS \"@arg_LABELS@\")\n"
      @ONLY
    )
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels}")
  endif()
endfunction()
