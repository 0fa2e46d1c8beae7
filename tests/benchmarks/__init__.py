"""Speed and strength as measured facts, beside what people use today.

    python -m tests.benchmarks --peers FOLDER          every scenario, a table and JSON
    python -m tests.benchmarks hello save              some of them
    python -m tests.benchmarks.soak                    50,000 requests under attack

Needs the extra `bench`. Into FOLDER the peers are installed once, from npm and PyPI;
without it, the sandbox and the floor are measured alone.
"""
