"""Warm workers by function: takes an invocation, gives what became of it.

Before a warm worker takes an event, the files behind its code are compared with the
disk, and the setup it was started with with the current one; a worker that is behind is
replaced. What is in flight ends on the code that it began with.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sandbox.clock import Clock
from sandbox.exchange import Crashed, Execution, Invocation, Outcome, Unavailable
from sandbox.folder_events import FolderEvents
from sandbox.project.model import Function, Project
from sandbox.workers import outcomes
from sandbox.workers.capacity import Capacity
from sandbox.workers.channel import EventNotTakenError
from sandbox.workers.debugging import Debugging
from sandbox.workers.idle import IdleWorkers, keys_of_outdated
from sandbox.workers.launcher import Launcher
from sandbox.workers.lifecycle import State
from sandbox.workers.limits import CLOSE_SECONDS, LOADED_AT_MOST, PoolLimits
from sandbox.workers.nurseries import Nurseries
from sandbox.workers.setup import Setups
from sandbox.workers.starts import Starts, cold_start, failed_start, is_at_work
from sandbox.workers.statistics import PoolStatistics, Statistics
from sandbox.workers.stopping import StoppingWorkers, force
from sandbox.workers.worker import Worker

CLOSING = Unavailable(message="The sandbox is closing.")
ENDED = Unavailable(message="The sandbox has ended it.")


class WorkerPool:
    """Owns all workers. Safe to share between threads; `invoke` blocks its caller.

    Args:
        environment: gives the variables that a function sees.
        project: gives the current project; while it gives the same object, a
            function's environment is taken to be the same too.
        clock: what handlers see as the time of day.
        path_additions: folders that Python handlers import from, searched last.
        nurseries: what workers are forked from, closed with the pool; by default new.
        limits: how much the pool may hold.
        debugging: what workers do beside their work.
        events: spare most looks at the code behind workers.
    """

    def __init__(  # noqa: PLR0913 - parts, which the composition root alone passes
        self,
        *,
        environment: Callable[[Function], Mapping[str, str]],
        project: Callable[[], Project],
        clock: Clock,
        path_additions: tuple[Path, ...] = (),
        nurseries: Nurseries | None = None,
        limits: PoolLimits | None = None,
        debugging: Debugging | None = None,
        events: FolderEvents | None = None,
    ) -> None:
        self._project = project
        self._clock = clock
        self._setups = Setups(environment, path_additions)
        self._limits = limits or PoolLimits()
        self._debugging = debugging or Debugging()
        self._nurseries = nurseries or Nurseries()
        self._launcher = Launcher(
            nurseries=self._nurseries,
            path_additions=path_additions,
            clock=clock,
            debugging=self._debugging,
            events=events,
        )
        self._capacity = Capacity(
            self._limits.running, wait_seconds=self._limits.wait_seconds, clock=clock
        )
        self._statistics = Statistics()
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        """Told, once the pool is closed, of each worker that nobody uses any more."""
        self._idle = IdleWorkers()
        self._busy: set[Worker] = set()
        self._launching = 0
        self._starts = Starts()
        self._stopping = StoppingWorkers()
        self._generation = 0
        self._is_closed = False

    # Opening and closing

    def prepare(self) -> None:
        """Begin to import what handlers will need; raises what `project` raises."""
        self._launcher.prepare(self._project())

    def close(self) -> None:
        """Kill every worker and wait for its end. Idempotent."""
        with self._lock:
            self._is_closed = True
            idle = self._idle.take(lambda _: True)
        self.interrupt()
        self._end(*idle)
        with self._lock:
            self._ended.wait_for(
                lambda: not self._busy and not self._launching, timeout=CLOSE_SECONDS
            )
        self._end()  # those that were busy
        self._launcher.close()
        self._nurseries.close()

    def interrupt(self) -> None:
        """End the events that are running; their outcome says so."""
        with self._lock:
            for worker in self._busy:
                worker.interrupt()

    def _end(self, *workers: Worker) -> None:
        """Stop workers, and wait for the end of them and of all that are stopping."""
        with self._lock:
            ending = [*workers, *self._stopping.take_all()]
        for worker in ending:
            worker.retire()
        for worker in ending:
            worker.close(grace_seconds=self._debugging.ending_seconds)

    def retire(self) -> None:
        """Stop the idle workers; busy ones end their event. The next starts anew."""
        with self._lock:
            self._generation += 1
            retired = self._idle.take(lambda _: True)
        self._stop(*retired)

    def tick(self) -> None:
        """Stop workers that were idle for long, and end those that do not stop.

        Those are workers that were to stop at the tick before already.
        """
        now = self._clock.monotonic()
        with self._lock:
            old = self._idle.take(
                lambda worker: now - worker.tally.idle_since > self._limits.idle_seconds
            )
            overdue = self._stopping.take_older()
        force(overdue)
        self._stop(*old)
        self.replenish()

    def replenish(self) -> None:
        """Start ahead what a next worker may need; for a moment when nobody waits."""
        self._launcher.refill()

    def statistics(self) -> PoolStatistics:
        """Give what every function has done so far, and the processes there are."""
        with self._lock:
            pids = tuple(sorted(worker.pid for worker in (*self._idle, *self._busy)))
        return PoolStatistics(
            functions=self._statistics.by_function(
                idle=self._idle.count, running=self._capacity.running
            ),
            worker_pids=pids,
            spare_pids=self._launcher.spare_pids,
            nursery_pid=self._nurseries.pid,
        )

    # Running events

    def at_work(self) -> dict[int, str]:
        """Give the events that workers are given now: request ids, by process."""
        with self._lock:
            return {one.pid: one.request_id for one in self._busy if one.request_id}

    def invoke(self, invocation: Invocation) -> Execution:
        """Run one event to its outcome, on a warm worker or a new one.

        Raises what `project` raises; what else may go wrong is an outcome.
        """
        function = invocation.function
        asked = self._clock.monotonic()
        refusal = self._capacity.enter(function)
        if refusal is not None:
            return Execution(outcome=refusal)
        try:
            queued_ms = (self._clock.monotonic() - asked) * 1000
            execution = self._run(invocation, self._project(), queued_ms)
        finally:
            self._capacity.leave(function)
        self._statistics.count(function.key, execution)
        return execution

    def warm(self, function: Function) -> Execution | None:
        """Have a worker with the function's current code ready; None if there is one.

        One that a request has started, and is using, will do. Gives what an event would
        come to where the code does not load. Raises what `project` raises.
        """
        project, key = self._project(), function.key
        while worker := self._take_warm(function, project):
            if worker.is_connected():
                self._give_back(worker)
                return None
            self._abandon(worker)
        shared = self._starts.wait(key, project, only_free=False)
        if shared is not None:
            return shared.failure
        with self._lock:
            busy = [w for w in self._busy if w.generation == self._generation]
        if any(is_at_work(worker, function, project) for worker in busy):
            return None
        with self._starts.begin(key, project, is_free=True) as start:
            started = self._start(function, project)
            if isinstance(started, Worker):
                self._give_back(started)
            else:
                start.failure = started
        return start.failure

    def outdated(self) -> tuple[str, ...]:
        """Give the keys of functions whose workers are behind, the last used first."""
        with self._lock:
            workers = [*self._busy, *self._idle]
        return keys_of_outdated(workers)

    def _run(
        self, invocation: Invocation, project: Project, queued_ms: float
    ) -> Execution:
        function, key = invocation.function, invocation.function.key
        while (worker := self._take_warm(function, project)) or self._starts.wait(
            key, project, only_free=True
        ):
            if worker is None:
                continue  # it is there by now, as a save has had it loaded
            try:
                return self._invoke_on(worker, invocation, queued_ms)
            except EventNotTakenError:
                continue  # it had ended meanwhile; another one takes the event
        with self._starts.begin(key, project, is_free=False) as start:
            started = self._start(function, project)
            if isinstance(started, Execution):
                start.failure = started
                return started
        try:
            execution = self._invoke_on(started, invocation, queued_ms)
        except EventNotTakenError:
            execution = Execution(outcome=outcomes.crashed(None, ""))
        return cold_start(started, execution)

    def _invoke_on(
        self, worker: Worker, invocation: Invocation, queued_ms: float
    ) -> Execution:
        try:
            execution = worker.invoke(
                invocation,
                clock_offset=self._clock.offset_seconds,
                queued_ms=queued_ms,
                is_only_one=len(self._busy) == 1 and self._capacity.is_calm(),
            )
        except BaseException:
            self._abandon(worker)
            raise
        self._give_back(worker)
        if worker.was_interrupted and isinstance(execution.outcome, Crashed):
            return replace(execution, outcome=ENDED)
        return execution

    # Warm workers

    def _take_warm(self, function: Function, project: Project) -> Worker | None:
        """Take an idle worker that may serve, and stop those that may not.

        It may have ended by itself meanwhile, which sending to it will tell.
        """
        while True:
            with self._lock:
                worker = self._idle.pop(function.key)
                if worker is None:
                    return None
                worker.take()
                self._busy.add(worker)
            try:
                may_serve = self._may_serve(worker, function, project)
            except BaseException:
                self._abandon(worker)
                raise
            if may_serve:
                return worker
            self._stop(worker, may_wait=self._debugging.port is None)

    def _may_serve(self, worker: Worker, function: Function, project: Project) -> bool:
        if not worker.has_current_code():
            return False
        if worker.project is project and worker.setup.function is function:
            return True
        setup = self._setups.of(function, project)
        if setup != worker.setup:
            return False
        worker.adopt(setup, project)
        return True

    def _give_back(self, worker: Worker) -> None:
        """Keep a worker for the next event, or stop it where it can take none."""
        with self._lock:
            is_well = worker.state is State.BUSY and not self._is_closed
            if is_well and worker.generation == self._generation:
                worker.release()
                self._busy.discard(worker)
                self._idle.put(worker.setup.function.key, worker)
                ending = self._idle.take_surplus(self._limits.idle)
                if not (ending or self._stopping.has_waiting):
                    return
            else:
                ending = [worker]
            overdue = self._begin_to_stop(ending)
        force(overdue)

    def _abandon(self, worker: Worker) -> None:
        """End a worker that is gone, or whose answer nobody waits for any more."""
        worker.kill()
        self._stop(worker)

    def _stop(self, *workers: Worker, may_wait: bool = False) -> None:
        """Have workers end by themselves; `tick` sees to those that do not.

        One that may wait is told together with the next: the end of a process costs
        milliseconds, and would come before the worker that takes its place.
        """
        with self._lock:
            overdue = self._begin_to_stop(workers, may_wait=may_wait)
        force(overdue)

    def _begin_to_stop(
        self, workers: Sequence[Worker], *, may_wait: bool = False
    ) -> list[Worker]:
        """Stop workers, under the lock; give those that have to be forced by now.

        So whoever waits until none is busy finds them all among the stopping.
        """
        self._busy.difference_update(workers)
        if self._is_closed:
            self._ended.notify_all()
        return self._stopping.put(workers, may_wait=may_wait)

    # New workers

    def _start(
        self, function: Function, project: Project, attempts: int = LOADED_AT_MOST
    ) -> Worker | Execution:
        """Start a worker and have it load; it is taken already, for its first event.

        A file that is being saved may be read half: what was loaded from files that
        have changed meanwhile is not used, and loaded once more.
        """
        started = self._clock.monotonic()
        worker = self._launch(function, project)
        if isinstance(worker, Unavailable):
            return Execution(outcome=worker)
        try:
            failure = self._load(worker)
            worker.tally.init_ms = (self._clock.monotonic() - started) * 1000
            is_half_read = attempts > 1 and not worker.has_current_code()
        except BaseException:
            self._abandon(worker)
            raise
        if failure is None and not is_half_read:
            worker.take()
            return worker
        self._stop(worker)
        if failure is None or is_half_read:
            return self._start(function, project, attempts - 1)
        return failed_start(worker, failure)

    def _load(self, worker: Worker) -> Outcome | None:
        time_limit = worker.setup.function.config.timeout_seconds
        return worker.load(
            limit_seconds=self._limits.loading_seconds(time_limit),
            clock_offset=self._clock.offset_seconds,
        )

    def _launch(self, function: Function, project: Project) -> Worker | Unavailable:
        with self._lock:
            if self._is_closed:
                return CLOSING
            self._launching += 1
            generation = self._generation
        worker: Worker | Unavailable | None = None
        try:
            setup = self._setups.of(function, project)
            if isinstance(setup, Unavailable):
                return setup
            worker = self._launcher.launch(setup, project)
        finally:
            with self._lock:
                self._launching -= 1
                self._ended.notify_all()
                if isinstance(worker, Worker):
                    worker.generation = generation
                    self._busy.add(worker)
                    if self._is_closed:
                        worker.interrupt()
        return worker
