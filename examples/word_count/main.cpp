// Processes that count words into one value in shared memory, while they are killed at random.
//
// To read it: totals.hpp has the value, worker.cpp what a worker does, crew.cpp how workers are started,
// killed and replaced, word_count.cpp what their parent sees and checks.

#include "word_count.hpp"

int main(int argc, char** argv) { return tour::count_words(argc, argv, {}); }
