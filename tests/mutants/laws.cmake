set(laws "${PROJECT_SOURCE_DIR}/tests/laws")

atomos_mutant(
  lost_update
  MUTANT "lost update"
  SOURCES ${laws}/cell_laws.cpp
  FOUND_BY
    CellLaws/Threads.of_rivals_that_saw_the_same_version_exactly_one_wins
    CellLaws/Threads.a_version_that_was_replaced_loses_although_its_value_came_back
)
atomos_mutant(
  lost_update_recorded
  MUTANT "lost update"
  SOURCES ${laws}/history_laws.cpp
  FOUND_BY
    HistoryLaws/AtomOfThreads.what_threads_did_at_once_could_have_been_done_in_turn
    HistoryLaws/AtomicReferenceOfThreads.what_threads_did_at_once_could_have_been_done_in_turn
  TRIES 10
)
atomos_mutant(
  phantom_watch
  MUTANT "phantom watch"
  SOURCES ${laws}/watch_race_laws.cpp
  FOUND_BY WatchRaceLaws/Threads.reset_tells_the_value_that_it_really_replaced
)
atomos_mutant(
  raced_validator
  MUTANT "raced validator"
  SOURCES ${laws}/validator_race_laws.cpp
  FOUND_BY
    ValidatorRaceLaws/Threads.a_swap_that_the_old_validator_checked_does_not_land_under_the_new
    ValidatorRaceLaws/Threads.a_swap_does_not_land_when_validators_came_full_circle_meanwhile
)
atomos_mutant(
  look_at_each_once
  MUTANT "look at each once"
  SOURCES ${laws}/transact_laws.cpp
  FOUND_BY SnapshotAll.is_of_one_moment_however_often_the_variables_change
  TRIES 10
)
atomos_mutant(
  checked_by_another
  MUTANT "checked by another"
  SOURCES ${laws}/transact_laws.cpp
  FOUND_BY Transact.does_not_land_when_validators_came_full_circle_meanwhile
)
