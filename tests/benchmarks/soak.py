"""Thousands of session requests while code is edited, workers killed, clocks moved.

    python -m tests.benchmarks.soak --requests 50000

Each client counts in a session of its own. What must hold, or it exits with 1:

- an answer is right: 200 with a count that no acknowledged one is lost from
- an answer other than 200 goes back to a killed worker: no more of them than kills
- a request that is sent after a save is answered by that code or newer
- afterwards there are no more processes, threads or file descriptors than before
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks import apps, contenders
from tests.benchmarks.processes import Program, children

_CLIENTS = 16
_HOLD_SECONDS = 0.5
"""Longer than it takes until every client's request has begun."""
_HELD = f"""    if request["rawQueryString"] == "hold":
        time.sleep({_HOLD_SECONDS})
"""
_HANDLER = "import time\n" + apps.COUNT.replace(
    "    session = arc", f"{_HELD}    session = arc"
).replace('{"count"', '{"version": VERSION, "count"')
_FILE = "src/http/post-count/index.py"
_ATTACKS_APART = 150
"""Requests between one attack and the next."""
_SETTLING_SECONDS = 8.0


@dataclass(slots=True)
class Figures:
    """What happened; shared by all threads, each number counted by one lock."""

    acknowledged: int = 0
    unanswered: int = 0
    """Answers other than 200, which killed workers excuse."""
    edits: int = 0
    kills: int = 0
    clock_moves: int = 0
    wrong: list[str] = field(default_factory=list)
    lost_increments: int = 0
    seconds: float = 0.0
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)

    @property
    def grown(self) -> list[str]:
        """What there is more of than before."""
        spare = {"descriptors": 8, "threads": 2, "processes": 2}
        return [k for k in spare if self.after[k] > self.before[k] + spare[k]]

    @property
    def is_well(self) -> bool:
        """Whether everything held that must."""
        is_excused = self.unanswered <= self.kills
        return is_excused and not (self.wrong or self.lost_increments or self.grown)


class Soak:
    """One run against one started sandbox."""

    def __init__(self, program: Program, app: Path, port: int) -> None:
        self.figures = Figures()
        self._program = program
        self._app = app
        self._port = port
        self._version = 0
        self._sent = 0
        self._lock = threading.Lock()
        self._random = random.Random(7)
        self._offset_hours = 0

    def run(self, requests: int) -> Figures:
        """Soak it with so many requests, and take stock."""
        self.edit()
        self._calm()
        self.figures.before = self._stock()
        began = time.perf_counter()
        clients = [
            threading.Thread(target=self._count, args=(requests,))
            for _ in range(_CLIENTS)
        ]
        for client in clients:
            client.start()
        self._attack(clients)
        self.figures.seconds = round(time.perf_counter() - began, 1)
        self._move_clock(reset=True)
        self._calm()
        self._settle()
        return self.figures

    # Clients

    def _count(self, requests: int) -> None:
        """Count in one session until all requests are sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        cookie, count, uncertain = "", 0, 0
        while self._takes_ticket(requests):
            version = self._version
            try:
                connection.request("POST", "/count", headers={"Cookie": cookie})
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self._note_wrong(f"no answer: {error!r}")
                connection.close()
                uncertain += 1
                continue
            if answer.status != 200:
                uncertain += 1
                with self._lock:
                    self.figures.unanswered += 1
                continue
            told = json.loads(body)
            cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
            self._judge(told, version=version, count=count, uncertain=uncertain)
            count, uncertain = told["count"], 0
        connection.close()

    def _judge(
        self, told: dict[str, int], *, version: int, count: int, uncertain: int
    ) -> None:
        lost = max(0, count + 1 - told["count"])
        with self._lock:
            self.figures.acknowledged += 1
            self.figures.lost_increments += lost
        if told["count"] > count + 1 + uncertain:
            self._note_wrong(f"count {told['count']} after {count}")
        if told["version"] < version:
            self._note_wrong(f"code {told['version']} after a save of {version}")

    def _takes_ticket(self, requests: int) -> bool:
        with self._lock:
            self._sent += 1
            return self._sent <= requests

    def _note_wrong(self, what: str) -> None:
        with self._lock:
            self.figures.wrong.append(what)

    # Attacks

    def _attack(self, clients: list[threading.Thread]) -> None:
        """Do one harm after another, as the requests go on, until all are answered."""
        harms: Iterator[Callable[[], None]] = itertools.cycle(
            (self.edit, self._kill_worker, self._move_clock)
        )
        for due in itertools.count(_ATTACKS_APART, _ATTACKS_APART):
            while self._sent < due:
                time.sleep(0.005)
                if not any(client.is_alive() for client in clients):
                    return
            next(harms)()

    def edit(self) -> None:
        """Save the handler, as an editor does: in place or by rename."""
        version = self._version + 1
        text = f"VERSION = {version}\n{_HANDLER}"
        file = self._app / _FILE
        if version % 2:
            file.write_text(text)
        else:
            draft = file.with_suffix(".draft")
            draft.write_text(text)
            draft.replace(file)
        self._version = version
        self.figures.edits += 1

    def _kill_worker(self) -> None:
        workers = [
            worker
            for nursery in children(self._program.pid)
            for worker in children(nursery)
        ]
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._random.choice(workers), signal.SIGKILL)
                self.figures.kills += 1

    def _move_clock(self, *, reset: bool = False) -> None:
        """Move forward by hours, and now and then back; sessions live for days."""
        self._offset_hours = (self._offset_hours + 5) % 24
        move: dict[str, object] = {"advance": "5h"}
        if reset or self._offset_hours < 5:
            move = {"reset": True}
        port = self._program.ports["internal"]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Content-Type": "application/json", "X-Arc-Sandbox": "1"}
        connection.request("POST", "/api/clock", json.dumps(move), headers)
        status = connection.getresponse().status
        connection.close()
        if status != 200:
            self._note_wrong(f"the clock answered {status}")
        self.figures.clock_moves += 1

    # Taking stock

    def _calm(self) -> None:
        """Have as many workers as there are clients, all with the code of now.

        The first requests are held, so that none finds a worker that another has left.
        """
        gate = threading.Barrier(_CLIENTS)

        def ask() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            gate.wait(30)
            for path in ("/count?hold", "/count"):
                connection.request("POST", path)
                connection.getresponse().read()
            connection.close()

        asking = [threading.Thread(target=ask) for _ in range(_CLIENTS)]
        for one in asking:
            one.start()
        for one in asking:
            one.join()

    def _stock(self) -> dict[str, int]:
        main = Path(f"/proc/{self._program.pid}")
        return {
            "processes": len(self._program.tree()),
            "threads": len(list((main / "task").iterdir())),
            "descriptors": len(list((main / "fd").iterdir())),
        }

    def _settle(self) -> None:
        """Take stock until it is no more than before, or time is up."""
        deadline = time.monotonic() + _SETTLING_SECONDS
        while True:
            self.figures.after = self._stock()
            if not self.figures.grown or time.monotonic() > deadline:
                return
            time.sleep(0.1)


def main() -> None:
    """Soak a sandbox of its own; print the figures as JSON."""
    options = argparse.ArgumentParser("python -m tests.benchmarks.soak")
    options.add_argument("--requests", type=int, default=50_000)
    requests = options.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        app = apps.session_app(Path(folder) / "app", store="table")
        program, port = contenders.ours().start(app)
        with program:
            program.wait_answer(port, "POST", "/count")
            figures = Soak(program, app, port).run(requests)
            printed = program.log.read_text(errors="replace")
    json.dump(asdict(figures), sys.stdout, indent=1)
    sys.stdout.write("\n")
    if not figures.is_well:
        sys.stderr.write(printed[-3000:])
        sys.exit(1)


if __name__ == "__main__":
    main()
