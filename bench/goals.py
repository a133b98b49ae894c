"""The numbers that atomos must reach, judged on a result.

A bound in nanoseconds was taken on a faster machine, where a raw peek took 0.17 ns. So it is judged
twice: as it stands, on the best sweep (that is how it was taken), and as a ratio to something
measured in the same sweep, on the median of the sweeps' ratios.
"""

import statistics

RAW = "raw pointer"
MUTEX = "std::mutex + copy"
JAVA = "Java AtomicReference"
QSBR = "liburcu qsbr, call_rcu"
ADDER = "atomos::LongAdder"
FRONTS = ("atomos::AtomicReference", "atomos::Atom")

HEAD = ["goal", "subject", "median", "best", "bound", "", "in the same sweep", "ratio", "bound", ""]
NOTE = ("*best* and the first bound: nanoseconds, or the unit named. *ratio*: median of the sweeps' "
        "ratios, in brackets its quartiles. A bound in brackets is the one in nanoseconds, "
        "divided by what the other side took on the machine where the goals were taken. A ratio "
        "may be 2 % above its bound: that much is noise.")

# label, operation, threads, payload, bound in ns or None, [(to whom, its op, threads, bound), ...]
TIMES = [
    ("peek, 1 thread", "peek", 1, "int64", 0.6, [(RAW, "peek", 1, "(3.53)")]),
    ("peek, 2 threads", "peek", 2, "int64", None, [("itself, 1 thread", "peek", 1, "1.10")]),
    ("kept snapshot, 1 thread", "keep", 1, "int64", 1.5, [(RAW, "keep", 1, "(9.38)")]),
    ("kept snapshot, 2 threads", "keep", 2, "int64", 1.5, [(RAW, "keep", 2, "(8.33)")]),
    ("swap, 1 thread", "swap", 1, "int64", None, [(RAW, "swap", 1, "1.00")]),
    ("swap, 2 threads", "swap", 2, "int64", None, [(MUTEX, "swap", 2, "0.75")]),
    ("99 % reads, 2 threads", "mix99", 2, "int64", 1.4,
     [(JAVA, "mix99", 2, "(1.00)"), (QSBR, "mix99", 2, "(0.47)"), (MUTEX, "mix99", 2, "(0.044)")]),
    ("50 % reads, 2 threads", "mix50", 2, "int64", 12,
     [(JAVA, "mix50", 2, "(0.80)"), (QSBR, "mix50", 2, "(0.12)"), (MUTEX, "mix50", 2, "(0.38)")]),
    ("string swap, 1 thread", "swap", 1, "string40", None, [(RAW, "swap", 1, "1.30")]),
]


PROCESS_FRONTS = tuple(f"atomos::process::{front}"
                       for front in ("AtomicLong", "AtomicReference", "Atom"))
PROCESS_HEAD = ["goal", "subject", "ns", "against", "ns", "ratio", "bound", ""]
PROCESS_NOTE = ("*ratio*: median of the sweeps' ratios, in brackets its quartiles: of speeds where it "
                "is to be at least its bound, of times where at most. It may miss its bound by 2 %: "
                "that much is noise.")

# Copies are judged twice, as there are two to compare with: the compiler's memcpy and the library's.
MEMORY = ("raw memory",)
COPIES = ("raw memory", "raw memory, memcpy called")
FUTEX = ("bare futex",)

# label, operation, payload, processes, to whom, bound, whether it is one of speed (else of time)
PROCESS_GOALS = [
    ("add_and_get, 1 process", "shared_add", "int64", 1, MEMORY, "0.95", True),
    ("read 64 B", "shared_read", "struct64", 1, COPIES, "0.75", True),
    ("read 1 KiB", "shared_read", "struct1k", 1, COPIES, "0.80", True),
    ("replace 64 B", "shared_replace", "struct64", 1, COPIES, "0.45", True),
    ("replace 1 KiB", "shared_replace", "struct1k", 1, COPIES, "0.45", True),
    ("read 64 B beside a writer", "beside", "struct64", 2, COPIES, "0.85", True),
    ("wake, in turn", "wake", "int64", 2, FUTEX, "1.10", False),
    ("wake, asleep", "wake_asleep", "int64", 2, FUTEX, "1.10", False),
]


def verdict(met):
    return "met" if met else "MISSED"


def ratios(result, ours, theirs):
    return [a / b for a, b in zip(result.cells[ours], result.cells[theirs])]


def ratio_text(samples):
    """The median, and it as text with its quartiles."""
    middle = statistics.median(samples)
    text = f"{middle:.3g}"
    if len(samples) >= 3:
        low, _, high = statistics.quantiles(samples, n=4, method="inclusive")
        text += f" ({low:.3g} to {high:.3g})"
    return middle, text


def ratio_cells(result, ours, theirs, bound):
    """The ratio's three table cells: value, bound, verdict."""
    middle, text = ratio_text(ratios(result, ours, theirs))
    return [text, bound, verdict(middle <= 1.02 * float(bound.strip("()")))]


def time_rows(result):
    rows = []
    for label, op, threads, payload, bound, others in TIMES:
        for subject in FRONTS:
            ours = (subject, op, payload, threads)
            if ours not in result.cells:
                continue
            best = min(result.cells[ours])
            first = [label, subject, f"{result.median(ours):.3g}", f"{best:.3g}",
                     "" if bound is None else f"{bound:g}",
                     "" if bound is None else verdict(best <= bound)]
            for whom, their_op, their_threads, limit in others:
                itself = whom.startswith("itself")
                theirs = (subject if itself else whom, their_op, payload, their_threads)
                if theirs in result.cells:
                    rows.append(first + [whom] + ratio_cells(result, ours, theirs, limit))
                else:
                    rows.append(first + [f"{whom}: not measured", "", limit, ""])
                first = ["", "", "", "", "", ""]
    return rows


def other_ratio_rows(result):
    """Code in a shared library against the same in the program; numbers against std::atomic."""
    rows = []
    pairs = [("peek in a shared library", f"{front} in a .so", front, "peek", threads, "1.10")
             for front in FRONTS for threads in (1, 2)]
    pairs += [("add_and_get", "atomos::AtomicLong", "std::atomic<int64_t>", "add", threads, "1.00")
              for threads in (1, 2)]
    for label, subject, whom, op, threads, bound in pairs:
        ours, theirs = (subject, op, "int64", threads), (whom, op, "int64", threads)
        if ours in result.cells and theirs in result.cells:
            rows.append([f"{label}, {threads} thread{'s' * (threads > 1)}", subject,
                         f"{result.median(ours):.3g}", f"{min(result.cells[ours]):.3g}", "", "",
                         whom] + ratio_cells(result, ours, theirs, bound))
    return rows


def counter_rows(result):
    """Adds beside private ones, sums at most a nanosecond a thread; Java's for the eye.

    A look at a std::atomic took 0.2 ns on the machine where the goals were taken."""
    rows = []
    for op, limit, whom in (("add", 1.7, "private load+add+store"),
                            ("sum", 5.0, "std::atomic<int64_t>")):
        for threads in (1, 2, 4):
            ours = (ADDER, op, "int64", threads)
            if ours not in result.cells:
                continue
            best = min(result.cells[ours])
            first = [f"LongAdder {op}, {threads} thread{'s' * (threads > 1)}", ADDER,
                     f"{result.median(ours):.3g}", f"{best:.3g}", "", ""]
            if op == "sum":
                first[4:] = [f"{threads}", verdict(best <= threads)]
            bound = f"({limit * threads:.2f})" if op == "sum" else f"{limit:.2f}"
            for other, bound in ((whom, bound), ("Java LongAdder", "")):
                theirs = (other, op, "int64", threads)
                if theirs not in result.cells:
                    continue
                ratio = ratio_cells(result, ours, theirs, bound or "inf")
                rows.append(first + [other] + (ratio if bound else [ratio[0], "", ""]))
                first = ["", "", "", "", "", ""]
            if first[0]:
                rows.append(first + ["", "", "", ""])
    return rows


def best_peer_rows(result):
    """Where atomos stands beside the fastest alternative that frees safely: no bound, for the eye."""
    rows = []
    for label, op, threads, payload, _, _ in TIMES:
        rivals = [key for key in result.cells if key[1:] == (op, payload, threads)
                  and key[0] != RAW and not key[0].startswith("atomos")]
        ours = (FRONTS[0], op, payload, threads)
        if not rivals or ours not in result.cells:
            continue
        best = min(rivals, key=result.median)
        samples = ratios(result, ours, best)
        rows.append([f"{label}: the best other", best[0], f"{result.median(best):.3g}",
                     f"{min(result.cells[best]):.3g}", "", "", "atomos to it",
                     f"{statistics.median(samples):.3g}", "", ""])
    return rows


def probe_rows(result):
    rows = []

    def add(label, subject, value, worst, bound, met):
        rows.append([label, subject, value, worst, bound, verdict(met), "", "", "", ""])

    for subject in FRONTS:
        for threads, bound in ((1, 8), (2, 64), (4, 64)):
            answers = result.probes.get((subject, "waiting", threads))
            if answers:
                most = max(answer["max"] for answer in answers) / threads
                mean = statistics.median(answer["mean"] for answer in answers) / threads
                add(f"replaced values a thread, {threads} writing", subject,
                    f"mean {mean:.3g}", f"most {most:g}", f"{bound}", most <= bound)
        shares = result.probes.get((subject, "share", 2))
        if shares:
            add("the weaker of two writers", subject, f"{statistics.median(shares):.2f}",
                f"worst {min(shares):.2f}", "0.25", min(shares) >= 0.25)
        memory = result.probes.get((subject, "atom_memory", 1))
        if memory:
            bound = 8 if subject.endswith("Reference") else 16
            add("sizeof", subject, str(memory[0]["sizeof"]), "", f"{bound}",
                memory[0]["sizeof"] == bound)
    return rows


def process_row(result, ours, theirs, bound, is_speed):
    """The cells of a comparison: their figure, the ratio, the bound, the verdict."""
    if theirs not in result.cells:
        return [f"{theirs[0]}: not measured", "", "", bound, ""]
    pair = (theirs, ours) if is_speed else (ours, theirs)
    middle, text = ratio_text(ratios(result, *pair))
    limit = float(bound)
    met = middle >= limit / 1.02 if is_speed else middle <= 1.02 * limit
    return [theirs[0], f"{result.median(theirs):.3g}", text,
            ("at least " if is_speed else "at most ") + bound, verdict(met)]


def process_rows(result):
    rows = []
    for label, op, payload, processes, others, bound, is_speed in PROCESS_GOALS:
        for subject in PROCESS_FRONTS:
            ours = (subject, op, payload, processes)
            if ours not in result.cells:
                continue
            first = [label, subject, f"{result.median(ours):.3g}"]
            for whom in others:
                theirs = (whom, op, payload, processes)
                rows.append(first + process_row(result, ours, theirs, bound, is_speed))
                first = ["", "", ""]
    return rows


def judge(result):
    """(title, head, rows, note) of each table; without rows where atomos was not measured."""
    rows = (time_rows(result) + other_ratio_rows(result) + counter_rows(result)
            + probe_rows(result) + best_peer_rows(result))
    return [("Goals: threads", HEAD, rows, NOTE),
            ("Goals: processes", PROCESS_HEAD, process_rows(result), PROCESS_NOTE)]
