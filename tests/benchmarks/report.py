"""Makes measurements, and gives a table of them for people and JSON for programs."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One figure of one contender, as often as it was measured."""

    scenario: str
    figure: str
    """Its name and unit, such as `p50, ms`."""
    contender: str
    values: tuple[float, ...]
    """One a round."""

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def median_ms(call: Callable[[], object]) -> float:
    """Give the median milliseconds of `CALLS` calls."""
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def ratio(one: Measurement, other: Measurement) -> float:
    """Give how often `other` goes into `one`: the median of the rounds' ratios.

    Rounds are interleaved, so that what else the machine does meets both alike.
    """
    if len(one.values) == len(other.values) and all(other.values):
        pairs = zip(one.values, other.values, strict=True)
        return statistics.median(a / b for a, b in pairs)
    return one.median / other.median if other.median else float("nan")


def table(measurements: Sequence[Measurement], contenders: Sequence[str]) -> str:
    """Give a table in Markdown: a line a figure, a column a contender.

    In brackets stands the ratio to the first contender.
    """
    present = [c for c in contenders if any(m.contender == c for m in measurements)]
    rows = [["", *present], ["---"] * (len(present) + 1)]
    by_figure: dict[tuple[str, str], dict[str, Measurement]] = {}
    for each in measurements:
        line = by_figure.setdefault((each.scenario, each.figure), {})
        line[each.contender] = each
    for (scenario, figure), line in by_figure.items():
        first = line.get(present[0])
        cells = [_cell(line.get(name), first) for name in present]
        rows.append([f"{scenario}: {figure}", *cells])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write_json(measurements: Iterable[Measurement], file: Path) -> None:
    """Write every value, with its median and what it was measured on."""
    figures = [
        {
            "scenario": each.scenario,
            "figure": each.figure,
            "contender": each.contender,
            "median": each.median,
            "values": each.values,
        }
        for each in measurements
    ]
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
    }
    report = {"machine": machine, "measurements": figures}
    file.write_text(json.dumps(report, indent=1) + "\n")


def _cell(measured: Measurement | None, first: Measurement | None) -> str:
    if measured is None:
        return ""
    text = _digits(measured.median)
    if first is None or first is measured:
        return text
    return f"{text} ({_digits(ratio(measured, first))} x)"


def _digits(value: float) -> str:
    if value != value:
        return "?"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
