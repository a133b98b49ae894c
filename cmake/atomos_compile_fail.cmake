# atomos_compile_fail(NAME FILE EXPECT regex)
#
# FILE holds wrong code under #ifdef WRONG and its correct twin otherwise. The twin must compile without a
# warning, and the wrong code must be refused with a diagnostic that the regex (Python's) finds.

find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(atomos_compile_fail name file)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "EXPECT" "")
  if(NOT arg_EXPECT)
    message(FATAL_ERROR "atomos_compile_fail(${name}): EXPECT is missing")
  endif()
  add_test(
    NAME compile_fail.${name}
    COMMAND
      Python3::Interpreter "${PROJECT_SOURCE_DIR}/tests/compile_fail/refused.py"
      --file "${CMAKE_CURRENT_SOURCE_DIR}/${file}" --expect "${arg_EXPECT}" --
      ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -I "${PROJECT_SOURCE_DIR}/include"
      -Wall -Wextra -Wpedantic -Wconversion -Werror
  )
  set_tests_properties(compile_fail.${name} PROPERTIES LABELS compile_fail)
endfunction()
