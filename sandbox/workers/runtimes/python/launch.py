"""Start a program as a worker: arms its lifeline, then becomes the program.

Run as a script: `launch.py SOCKET LIFELINE PROGRAM ARGUMENT…`, with two numbers of open
file descriptors, which the program finds as 3 and 4. The lifeline stays armed across
exec, so that a language without fcntl is held by it too.
"""

import fcntl
import os
import sys

if __name__ == "__main__":
    # The file runs by its path, isolated, with this one folder to import from.
    sys.path.insert(0, os.path.dirname(__file__))
    from lifeline import arm  # type: ignore[import-not-found]

    given = int(sys.argv[1]), int(sys.argv[2])
    # Copies above 4 first: a given one may stand where the other is to go.
    socket_fd, lifeline_fd = (fcntl.fcntl(fd, fcntl.F_DUPFD, 5) for fd in given)
    os.dup2(socket_fd, 3)
    os.dup2(lifeline_fd, 4)
    for fd in {*given, socket_fd, lifeline_fd} - {3, 4}:
        os.close(fd)
    arm(4)
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 (no shell is what is wanted)
