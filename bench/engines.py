"""The programs that measure: each answers `list` and `run INDEX THREADS MICROSECONDS`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class EngineEnded(RuntimeError):
    """An engine's process has ended while it was asked something."""


class Engine:
    """One measuring process, spoken to line by line."""

    def __init__(self, command, urgent=False, warms_up=False):
        self.command = command
        self.urgent = urgent
        self.warms_up = warms_up
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            start_new_session=urgent
        )
        if urgent:
            go_first(self.process.pid)
        self.about = self.ask("list")
        self.cells = self.about["cells"]

    def ask(self, request):
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            # Results keep this text: what was called, not where it lies here.
            called = " ".join(Path(part).name for part in self.command)
            raise EngineEnded(f"{called} ended during: {request}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{request}: {answer['error']}")
        return answer

    def run(self, index, threads, microseconds):
        request = f"run {index} {threads} {int(microseconds)}"
        if not self.cells[index].get("fresh"):
            return self.ask(request)
        fresh = Engine(self.command, self.urgent)
        try:
            return fresh.ask(request)
        finally:
            fresh.close()

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended by itself; what was asked of it meanwhile has said so
        self.process.wait()


def go_first(process):
    """Nice -20. Linux also groups processes by session and shares time among the groups first."""
    os.setpriority(os.PRIO_PROCESS, process, -20)
    group = Path(f"/proc/{process}/autogroup")
    if group.exists():
        group.write_text("-20", encoding="utf-8")


def native_command(build, name):
    program = Path(build) / "bench" / name
    if not program.exists():
        raise SystemExit(f"{program} is not there: configure with -DATOMOS_BUILD_BENCH=ON and build")
    return [str(program)]


def start(build, urgent):
    """All engines that can run here, and why the others cannot."""
    engines = [Engine(native_command(build, name), urgent)
               for name in ("atomos-bench", "process/atomos-bench-process")]
    skipped = [reason for native in engines
               for reason in native.about["skipped"].split(". ") if reason]
    engines.append(Engine([sys.executable, str(HERE / "process" / "values.py")], urgent))
    jvm = {
        "Java": (["java", str(HERE / "jvm" / "Bench.java")], "no JDK (openjdk-17-jdk-headless)"),
        "Clojure": (["clojure", str(HERE / "jvm" / "bench.clj")], "no clojure (clojure)"),
    }
    for name, (command, missing) in jvm.items():
        if shutil.which(command[0]) is None or (name == "Java" and shutil.which("javac") is None):
            skipped.append(f"{name}: {missing}")
            continue
        try:
            engines.append(Engine(command, urgent, warms_up=True))
        except (OSError, RuntimeError, ValueError) as error:
            skipped.append(f"{name}: {error}")
    return engines, skipped
