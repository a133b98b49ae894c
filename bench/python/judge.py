"""The goals of the Python package, judged on a result: against the floor, and against the peers."""

import statistics

OURS = "atomos"
YARDSTICKS = (
    "floor",
    "lambda alone",
    "pickle",
    "threading.Lock + int",
    "itertools.count",
    "multiprocessing.Value",
)
NOISE = 1.02

# operation, bound, the bare call of that shape, the same work without being atomic, and its values
BY_FLOOR = [
    ("int.get", 1.5, "bare_none", "get_number", ("small", "large")),
    ("int.add_and_get", 2, "bare_one", "add", ("small", "large")),
    ("int.increment_and_get", 2, "bare_none", "increment", ("small", "large")),
    ("int.compare_and_set", 2, "bare_two", "replace", ("small", "large")),
    ("int.+=", 2, "bare +=", None, ("small", "large")),
    ("ref.get", 1.5, "bare_none", "get_held", ("",)),
    ("atom.deref", 1.5, "bare_none", "get_held", ("",)),
    ("process int.get", 3, "bare_none", "get_number", ("small", "large")),
    ("process int.add_and_get", 3, "bare_one", "add", ("small", "large")),
]
HEAD = ["goal", "ns", "against", "ns", "ratio", "bound", ""]
NOTE = (
    "*ratio*: median of the sweeps' ratios, in brackets its quartiles; it may be 2 % above its "
    "bound. There are two floors. *Bare*: a C method of a minimal heap type that takes the same "
    "arguments, does not look at them and returns None. *Unprotected*: one that does the same work "
    "on a plain field, reads its arguments and makes its result, without being atomic; beyond the "
    "interpreter's cache of ints it pays, as all do, for a new one. For swap the second floor is a "
    "method that calls the lambda and keeps its answer, which is what the goal is about; the bare "
    "call beside it has no bound. The lambda's own time is that of a call by "
    "the interpreter, which from C costs what *call* shows. The bound in brackets is the one in "
    "nanoseconds, divided by the 10 that a bare call took where the goals were taken."
)
PEER_HEAD = ["operation", "values", "threads", "atomos", "best other", "ns", "atomos to it", ""]
PEER_NOTE = (
    "The fastest package of those that offer the operation, on the median; a ratio of up to 1.02 "
    "is called level. Yardsticks of the standard library are not in it. Arguments may be given by "
    "name here, as atomos 0.3.1 allowed: with the GIL a method that allows it costs *bare_named* "
    "where one of cereggii's, which does not, costs *bare_one*. A set returns the new value, as "
    "0.3.1's did, so it counts one reference more than one that returns nothing."
)


def spread(samples):
    """The median, and it as text with its quartiles."""
    middle = statistics.median(samples)
    if len(samples) < 3:
        return middle, f"{middle:.3g}"
    low, _, high = statistics.quantiles(samples, n=4, method="inclusive")
    return middle, f"{middle:.3g} ({low:.3g} to {high:.3g})"


def met(is_met):
    return "met" if is_met else "MISSED"


def floor_row(result, label, ours, against, theirs, bound):
    if ours not in result.cells or theirs not in result.cells:
        return None
    middle, text = spread(
        [a / b for a, b in zip(result.cells[ours], result.cells[theirs], strict=True)]
    )
    return [
        label,
        f"{result.median(ours):.3g}",
        against,
        f"{result.median(theirs):.3g}",
        text,
        f"{bound:g}",
        met(middle <= NOISE * bound),
    ]


def floor_rows(result):
    rows = []
    for op, bound, bare, work, values in BY_FLOOR:
        for payload in values:
            ours, label = (OURS, op, payload, "1"), f"{op} {payload}".strip()
            rows.append(
                floor_row(
                    result,
                    label,
                    ours,
                    f"{bare} (bare)",
                    ("floor", f"floor.{bare}", "", "1"),
                    bound,
                )
            )
            if work:
                held = payload if work != "get_held" else ""
                rows.append(
                    floor_row(
                        result,
                        "",
                        ours,
                        f"{work} (unprotected)",
                        ("floor", f"floor.{work}", held, "1"),
                        bound,
                    )
                )
    return [row for row in rows if row]


def call_rows(result):
    """What is above the user's own part: a lambda, an unpickling."""
    rows = []
    for payload in ("small", "large"):
        ours = (OURS, "atom.swap", payload, "1")
        alone = ("lambda alone", "floor.lambda", payload, "1")
        label = f"atom.swap {payload}, above the lambda's"
        # The goal's floor is a method that calls the lambda; the bare call is for the eye.
        for op, values, what in (("call", payload, "calls it"), ("bare_one", "", "bare")):
            floor = ("floor", f"floor.{op}", values, "1")
            if any(key not in result.cells for key in (ours, alone, floor)):
                continue
            middle, text = spread(
                [
                    (a - b) / c
                    for a, b, c in zip(
                        *(result.cells[key] for key in (ours, alone, floor)), strict=True
                    )
                ]
            )
            rows.append(
                [
                    f"{label} {result.median(alone):.3g}" if label else "",
                    f"{result.median(ours):.3g}",
                    f"{op} ({what})",
                    f"{result.median(floor):.3g}",
                    text,
                    *(("2", met(middle <= NOISE * 2)) if op == "call" else ("", "")),
                ]
            )
            label = ""
    return rows + unpickling_rows(result)


def unpickling_rows(result):
    """100 ns above unpickling; and in bare calls, one of which took 10 ns for the goals."""
    ours, loads = (OURS, "process ref.get", "", "1"), ("pickle", "floor.loads", "", "1")
    bare = ("floor", "floor.bare_none", "", "1")
    if any(key not in result.cells for key in (ours, loads, bare)):
        return []
    above = [a - b for a, b in zip(result.cells[ours], result.cells[loads], strict=True)]
    middle, text = spread(above)
    calls, in_calls = spread([a / b for a, b in zip(above, result.cells[bare], strict=True)])
    label = "process ref.get of a small dict, above unpickling"
    mine, its, one = (f"{result.median(key):.3g}" for key in (ours, loads, bare))
    return [
        [label, mine, "pickle.loads", its, text + " ns", "100 ns", met(middle <= 100)],
        ["", mine, "bare_none (bare)", one, in_calls, "(10)", met(calls <= NOISE * 10)],
    ]


LANES = {"1": "1", "one": "2 on one object", "own": "2 on one each"}


def peer_rows(result):
    rows = []
    for ours in [key for key in result.cells if key[0] == OURS]:
        rivals = [
            key for key in result.cells if key[1:] == ours[1:] and key[0] not in (OURS, *YARDSTICKS)
        ]
        if not rivals:
            continue
        best = min(rivals, key=result.median)
        middle, text = spread(
            [a / b for a, b in zip(result.cells[ours], result.cells[best], strict=True)]
        )
        word = "ahead" if middle < 1 else "level" if middle <= NOISE else "BEHIND"
        rows.append(
            [
                ours[1],
                ours[2],
                LANES[ours[3]],
                f"{result.median(ours):.3g}",
                best[0],
                f"{result.median(best):.3g}",
                text,
                word,
            ]
        )
    return rows


def judge(result):
    """(title, head, rows, note) of each table; without rows where atomos was not measured."""
    return [
        ("Goals: above the floor", HEAD, floor_rows(result) + call_rows(result), NOTE),
        (
            "Goals: ahead of every package that offers the operation",
            PEER_HEAD,
            peer_rows(result),
            PEER_NOTE,
        ),
    ]
