"""`python -m sandbox`: the same as the command `arc-sandbox`."""

from sandbox.cli import main

if __name__ == "__main__":
    main(prog_name="arc-sandbox")
