"""Watches an app's folder, and does at once what its saves ask for.

Nothing depends on it: what a request needs is compared with the disk when it comes.
"""

import os.path
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.exchange import Execution, Invocation
from sandbox.notice import Notice, told_errors
from sandbox.watch.changes import Change, Reaction, classify, without_passing
from sandbox.watch.function_writes import FunctionWrites
from sandbox.watch.watcher import Watcher
from sandbox.wiring.adviser import Adviser
from sandbox.wiring.live_project import LiveProject
from sandbox.wiring.live_reload import LiveReload
from sandbox.wiring.reactions import functions_to_load, keep_static_manifest, load
from sandbox.workers.pool import WorkerPool


class Saves:
    """Has the errors of an edit show before anybody asks. For one thread at a time.

    Args:
        projects: the app as it was and as it is.
        pool: gives the workers, once they run.
        live_reload: told what open pages should show.
        adviser: told that something was edited.
        is_answering: tells whether a request is being answered.
        say: told of what does not load, and of what loads again.
    """

    def __init__(
        self,
        projects: LiveProject,
        *,
        pool: Callable[[], WorkerPool],
        live_reload: LiveReload,
        adviser: Adviser,
        is_answering: Callable[[], bool],
        say: Callable[[Notice], None],
    ) -> None:
        self._projects = projects
        self._pool = pool
        self._live_reload = live_reload
        self._adviser = adviser
        self._is_answering = is_answering
        self._say = say
        self._writes = FunctionWrites(is_answering)

    def watch(self, root: Path, stack: ExitStack) -> None:
        """Begin to watch; `stack` ends it. A system that cannot is told of."""
        # Advice on the last edit is told even if no tick comes any more.
        stack.callback(lambda: self._adviser.follow(self._projects.last))
        watcher = Watcher(
            root,
            react=self.react_to,
            on_error=told_errors(self._say),
            is_busy=self._is_answering,
        )
        stack.callback(watcher.close)
        text = ""
        try:
            if refusal := watcher.start():
                why = refusal.strerror
                text = f"Saves are noticed within a second, not at once: {why}."
        except OSError as error:
            text = f"Saves are not noticed by themselves: {error.strerror}."
        if text:
            self._say(Notice(level="warning", text=text))

    def run(
        self, invocation: Invocation, invoke: Callable[[Invocation], Execution]
    ) -> Execution:
        """Run an event, and learn from it: what it has written is no save.

        Args:
            invocation: the event.
            invoke: runs it.
        """
        execution = self._live_reload.run(invocation, invoke)
        self._note_writes(execution)
        return execution

    def _note_writes(self, execution: Execution) -> None:
        if execution.written:
            self._writes.note(execution.written)

    def react_to(self, changes: Iterable[Change]) -> None:
        """Take changes on disk, as the watcher gives them."""
        project = self._projects.last
        saved = [change for change in changes if not self._writes.explain(change)]
        lasting = without_passing(saved, is_there=os.path.lexists)
        if project is not None and lasting:
            self.apply(classify(lasting, project))

    def apply(self, reaction: Reaction) -> None:
        """Do what changes on disk ask for, so that their errors show at once."""
        try:
            project = self._projects.current()
        except SandboxError as error:
            self._live_reload.show_broken(error)
            return  # told already, and shown at every request
        if reaction.assets:
            keep_static_manifest(project, say=self._say)
        pool = self._pool()
        chosen = functions_to_load(
            reaction,
            project,
            broken=self._live_reload.broken,
            outdated=pool.outdated(),
        )
        loaded = load(chosen, warm=pool.warm, say=self._say)
        for _, failed in loaded:
            if failed is not None:
                self._note_writes(failed)
        self._live_reload.follow(reaction, project, loaded)
        pool.replenish()  # the next save may come before the next tick
        self._adviser.note_edit()
