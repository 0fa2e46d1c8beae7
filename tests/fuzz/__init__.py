"""Fuzzing of everything that reads what others wrote, with atheris (libFuzzer).

    python -m tests.fuzz                         every target, 100,000 executions each
    python -m tests.fuzz heads --runs 1000000    one of them

Needs the extra `fuzz`. A crash stops its target and is kept in the folder that is
named; `python -m tests.fuzz heads --replay FILE` runs it once more.
"""
