"""Child processes for tests: begun, asked, and never waited for without end."""

import multiprocessing
import os
import signal
import traceback

GUARD = 120
SOAK = float(os.environ.get("ATOMOS_SOAK") or 0)
METHODS = multiprocessing.get_all_start_methods()


class ChildFailed(Exception):
    """A child's exception, as its traceback."""


def guarded():
    """Ends this process if it is still there after GUARD seconds (and the soak's)."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(GUARD + 20 * SOAK))


def _answer(pipe, function, args):
    guarded()
    try:
        pipe.send((True, function(*args)))
    except BaseException:
        pipe.send((False, traceback.format_exc()))


class Child:
    """A process that calls a function; its answer is what the function returned."""

    def __init__(self, method, function, *args):
        context = multiprocessing.get_context(method)
        self._pipe, theirs = context.Pipe(duplex=False)
        self.process = context.Process(target=_answer, args=(theirs, function, args))
        self.process.start()
        theirs.close()

    def answer(self):
        """Waits for the child's end. Errors: ChildFailed."""
        try:
            good, result = self._pipe.recv()
        except EOFError:
            good, result = False, "the child ended without an answer"
        self.process.join()
        self._pipe.close()
        if not good:
            raise ChildFailed(result)
        return result


def call(method, function, *args):
    """Calls a function in a process of its own; returns what it returned."""
    return Child(method, function, *args).answer()


def together(method, *jobs):
    """Calls each (function, *args) in a process of its own, side by side."""
    children = [Child(method, *job) for job in jobs]
    return [child.answer() for child in children]


def forked(function):
    """Forks; the child calls the function and ends. Returns its pid."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            guarded()
            function()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return pid


def ended_well(pid):
    """Waits for a forked child; whether it returned from its function."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def killed(pid):
    """Kills a child of this process and waits for its end."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
