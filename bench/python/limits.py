"""What no package can be below, and the standard library's own ways, as yardsticks."""

from cells import DICT, NOTHING, OBJECTS, OLD, TURN, TURN_DICT, numbers, others

IMPORTS = """
import itertools, multiprocessing, pickle, threading
import floor

class Locked:
    __slots__ = ("lock", "value")

    def __init__(self, value):
        self.lock, self.value = threading.Lock(), value
"""

LOOP = [("loop", ("",), "x = None\n", ("pass", "pass"), "")]


def cells():
    floor = {
        "get_number": ("x.get_number()", "x.get_number()"),
        "increment": ("x.increment()", "x.decrement()"),
        "add": ("x.add(1)", "x.add(-1)"),
        "replace": ("x.replace({a}, {b})", "x.replace({b}, {a})"),
    }
    bare = {
        "bare_none": ("x.bare_none()", "x.bare_none()"),
        "bare_one": ("x.bare_one(1)", "x.bare_one(-1)"),
        "bare_named": ("x.bare_named(1)", "x.bare_named(-1)"),
        "bare_two": ("x.bare_two(7, 8)", "x.bare_two(8, 7)"),
        "bare +=": ("x += 1", "x -= 1"),
        "get_held": ("x.get_held()", "x.get_held()"),
    }
    function = {"lambda": ("turn({a})", "turn({b})")}
    calling = {"call": ("x.call(turn)", "x.call(turn)")}
    return [
        (
            "floor",
            numbers("floor.Floor({a})", "floor", floor)
            + others(OBJECTS + "x = floor.Floor(a)", "floor", bare)
            + numbers("floor.Floor({a})\n" + TURN, "floor", calling),
        ),
        (
            "lambda alone",
            numbers("None\n" + TURN, "floor", function)
            + others(DICT + TURN_DICT, "floor", {"lambda of a dict": ("turn(d)", "turn(r)")}),
        ),
        (
            "pickle",
            others(
                DICT + "p = pickle.dumps(d, pickle.HIGHEST_PROTOCOL)\n",
                "floor",
                {
                    "loads": ("pickle.loads(p)", "pickle.loads(p)"),
                    "dumps": ("pickle.dumps(d, 5)", "pickle.dumps(r, 5)"),
                },
            ),
        ),
        (
            "threading.Lock + int",
            numbers(
                "Locked({a})",
                "int",
                {
                    "get": ("with x.lock: x.value", "with x.lock: x.value"),
                    "+=": ("with x.lock: x.value += 1", "with x.lock: x.value -= 1"),
                    "increment_and_get": (
                        "with x.lock: x.value += 1",
                        "with x.lock: x.value -= 1",
                        NOTHING,
                    ),
                },
                "x.value == {a}",
            ),
        ),
        (
            "itertools.count",
            numbers(
                "itertools.count({a})",
                "int",
                {"increment_and_get": ("next(x)", "next(x)", OLD + ", only grows")},
            ),
        ),
        (
            "multiprocessing.Value",
            numbers(
                "multiprocessing.Value('q', {a})",
                "process int",
                {
                    "get": ("x.value", "x.value"),
                    "set": ("x.value = {b}", "x.value = {a}", NOTHING),
                    "add_and_get": (
                        "with x.get_lock(): x.value += 1",
                        "with x.get_lock(): x.value -= 1",
                        NOTHING,
                    ),
                },
                "",
            ),
        ),
    ]
