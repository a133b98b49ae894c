set(hazards "${PROJECT_SOURCE_DIR}/tests/hazards")
set(stress "${PROJECT_SOURCE_DIR}/tests/stress")

# Of 60 and 40 runs on a busy machine with 2 cores, the slowest took 1.0 s and 0.04 s to fail. Five tries of
# ATOMOS_STRESS_SECONDS (2) each are ten times as long.
atomos_mutant(
  look_once
  MUTANT "look once"
  SOURCES ${stress}/stress_test.cpp
  FOUND_BY Values/Small.that_are_read_or_kept_stay_whole_and_end_once
  TRIES 5
  CRASH_COUNTS
)
atomos_mutant(
  clear_early
  MUTANT "clear early"
  SOURCES ${stress}/stress_test.cpp
  FOUND_BY Values/Small.that_are_read_or_kept_stay_whole_and_end_once
  TRIES 5
  CRASH_COUNTS
)
atomos_mutant(
  destroy_inside
  MUTANT "destroy inside"
  SOURCES ${hazards}/chains_test.cpp
  FOUND_BY Chain.of_ten_atoms_ends_with_one_destructor_at_a_time
)
atomos_mutant(
  abort_held
  MUTANT "abort held"
  SOURCES ${stress}/transact_test.cpp
  FOUND_BY HeldSwap.runs_its_function_at_most_once_more_than_it_may_lose_among_16_writers
  TRIES 5
)
