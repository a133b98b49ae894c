# atomos_mutant(NAME
#     MUTANT label            as in -DATOMOS_MUTANT='"label"'
#     SOURCES file...         the test that has to find it, built again with the fault
#     FOUND_BY Suite.test...  each of these has to fail
#     [TRIES n]               it may take so many runs
#     [SECONDS n]             a run that takes longer hangs (120)
#     [CRASH_COUNTS])         a crash, a sanitizer's report or a hang inside the test counts too
#
# The tests are called mutant.NAME.Suite.test and pass when the fault is found.

find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(atomos_mutant name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CRASH_COUNTS" "MUTANT;TRIES;SECONDS" "SOURCES;FOUND_BY")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_MUTANT OR NOT arg_SOURCES OR NOT arg_FOUND_BY)
    message(FATAL_ERROR "atomos_mutant(${name}): MUTANT, SOURCES and FOUND_BY are needed")
  endif()
  add_executable(mutant_${name} ${arg_SOURCES})
  target_include_directories(mutant_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(mutant_${name} PRIVATE "ATOMOS_MUTANT=\"${arg_MUTANT}\"")
  target_link_libraries(
    mutant_${name} PRIVATE atomos::atomos atomos_checks GTest::gtest GTest::gtest_main
  )
  set(how "")
  if(arg_TRIES)
    list(APPEND how --tries ${arg_TRIES})
  endif()
  if(arg_SECONDS)
    list(APPEND how --seconds ${arg_SECONDS})
  endif()
  if(arg_CRASH_COUNTS)
    list(APPEND how --crash-counts)
  endif()
  foreach(test IN LISTS arg_FOUND_BY)
    add_test(
      NAME mutant.${name}.${test}
      COMMAND
        Python3::Interpreter -B "${PROJECT_SOURCE_DIR}/tests/mutants/found.py"
        --test ${test} ${how} -- $<TARGET_FILE:mutant_${name}>
    )
    set_tests_properties(mutant.${name}.${test} PROPERTIES LABELS mutant)
  endforeach()
endfunction()
