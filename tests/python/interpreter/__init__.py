"""How the package lives in the interpreter: threads, memory, signals, fork, exit."""
