"""Start a program as a worker: arms its lifeline, then becomes the program.

Run as a script: `launch.py SOCKET LIFELINE PROGRAM ARGUMENT…`, with two numbers of open
file descriptors, which the program finds as 3 and 4. The lifeline stays armed across
exec, so that a language without fcntl is held by it too.
"""

import os
import sys

if __name__ == "__main__":
    # The file runs by its path, isolated, with this one folder to import from.
    sys.path.insert(0, os.path.dirname(__file__))
    from lifeline import arm  # type: ignore[import-not-found]

    socket_fd, lifeline_fd = int(sys.argv[1]), int(sys.argv[2])
    spare_fd = os.dup(lifeline_fd)
    os.dup2(socket_fd, 3)
    arm(os.dup2(spare_fd, 4))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 (no shell is what is wanted)
