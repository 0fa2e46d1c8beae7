"""The sandboxes of a test run: started once each, given back clean to every test."""

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import ExitStack

from sandbox.options import Options
from sandbox.testing.app_choice import AppChoice
from sandbox.testing.sandbox_under_test import SandboxUnderTest
from sandbox.workers.debugging import Debugging

_MOST_RUNNING = 4
"""Further ones close the one that was longest not asked for.

Those whose rows are to stay from test to test are not counted, and stay.
"""


class Shelf:
    """Keeps sandboxes running between tests; close it at the end of the run.

    Args:
        shell: the environment of the process that runs the tests.
        debugging: what handlers do beside their work.
    """

    def __init__(
        self, shell: Mapping[str, str], *, debugging: Debugging | None = None
    ) -> None:
        self._shell = shell
        self._debugging = debugging
        self._running: OrderedDict[AppChoice, SandboxUnderTest] = OrderedDict()
        self._told: dict[str, str] = {}

    def take(self, choice: AppChoice) -> SandboxUnderTest:
        """Give the sandbox of a choice, as it was after starting.

        Raises:
            SandboxError: the app, or the machine, keeps it from starting.
        """
        sandbox = self._running.get(choice)
        if sandbox is None or not sandbox.is_running:  # a test may have closed it
            sandbox = self.start(choice)
            self._running[choice] = sandbox
        else:
            sandbox.reset(keep_rows=choice.persist)
        self._running.move_to_end(choice)
        closable = [known for known in self._running if not known.persist]
        for surplus in closable[:-_MOST_RUNNING]:
            self._running.pop(surplus).close()
        return sandbox

    def start(self, choice: AppChoice) -> SandboxUnderTest:
        """Start a sandbox that whoever asks will close.

        Raises:
            SandboxError: the app, or the machine, keeps it from starting.
        """
        options = Options.for_program(self._shell, environment=dict(choice.environment))
        sandbox = SandboxUnderTest(
            choice.root, options=options, debugging=self._debugging
        )
        sandbox.start()
        try:
            sandbox.wait_ready()
        except BaseException:
            sandbox.close()
            raise
        return sandbox

    def retell(self, told: str, *, test: str) -> str:
        """Give why nothing starts: whole to one test, its first line to all others.

        An app that cannot run fails each of its tests, with all of its problems. The
        test that tells them all goes on to do so, as reports of its first tries may
        not be shown.
        """
        first_line, *others = told.splitlines()
        if self._told.setdefault(told, test) == test or not others:
            return told
        return f"{first_line} … (told whole by {self._told[told]})"

    def close(self) -> None:
        """Close what is running, the last one first; may be called again."""
        with ExitStack() as stack:
            for sandbox in self._running.values():
                stack.callback(sandbox.close)
            self._running.clear()
