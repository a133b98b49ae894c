"""Hypothesis runs sequences of operations on an object and on a plain model of it."""

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

PROFILE = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def check(machine, seed):
    """Runs a state machine; the same seed runs the same sequences."""
    run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=PROFILE)


def outcome(function, *args):
    """What a call returned, or the type of what it raised."""
    try:
        return "returned", function(*args)
    except Exception as error:
        return "raised", type(error)
