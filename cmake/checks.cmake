# What our own tests, examples and benchmarks are built with, and consumers never are.

add_library(atomos_checks INTERFACE)

target_compile_options(
  atomos_checks
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
)

if(ATOMOS_SANITIZE)
  target_compile_options(
    atomos_checks
    INTERFACE
      -fsanitize=${ATOMOS_SANITIZE}
      -fno-sanitize-recover=all
      -fno-omit-frame-pointer
  )
  target_link_options(atomos_checks INTERFACE -fsanitize=${ATOMOS_SANITIZE})
endif()

if(ATOMOS_COVERAGE)
  target_compile_options(atomos_checks INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(atomos_checks INTERFACE --coverage)
endif()
