"""The command `arc-sandbox`, and `python -m sandbox`."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback from the first moment.

    What click catches later on, it tells and ends in the same way.
    """
    try:
        # Takes most of a short command: Ctrl-C often comes meanwhile.
        from sandbox.cli import main as run_command_line

        run_command_line(prog_name="arc-sandbox")
    except KeyboardInterrupt:
        sys.exit("Aborted!")


if __name__ == "__main__":
    main()
