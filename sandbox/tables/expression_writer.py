"""Takes conditions and changes with real names, gives the texts of their expressions.

Each name becomes a `#name`, so that none is a reserved word.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never

from sandbox.tables.conditions import And, Between, Comparison, Condition, In, Not, Or
from sandbox.tables.expression_parts import Call, Operand, Path, Value
from sandbox.tables.expressions import NAMES, VALUES
from sandbox.tables.update_expressions import Action, Add, Delete, Remove, Sum
from sandbox.tables.update_expressions import Set as Assignment

_SECTIONS: Mapping[type[Action], str] = {
    Assignment: "SET",
    Remove: "REMOVE",
    Add: "ADD",
    Delete: "DELETE",
}


class ExpressionWriter:
    """Writes the expressions of one scope, which share their names and values.

    Args:
        values: what the `Value`s in them mean.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._known = values
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}

    def with_texts(self, request: dict[str, Any], **texts: str) -> dict[str, Any]:
        """Give a request with expressions of these words, of which some are empty."""
        given = {field: text for field, text in texts.items() if text}
        meanings = (
            (NAMES, {v: k for k, v in self._names.items()}),
            (VALUES, self._values),
        )
        return {**request, **given, **{k: meant for k, meant in meanings if meant}}

    def paths(self, paths: Iterable[Path] | None) -> str:
        """Name the attributes that paths lead to, or into."""
        heads = dict.fromkeys(str(path.parts[0]) for path in paths or ())
        return ", ".join(map(self._name, heads))

    def update(self, actions: Sequence[Action]) -> str:
        """Write changes, those of a kind together."""
        sections: dict[str, list[str]] = {}
        for action in actions:
            path = self._operand(action.path)
            match action:
                case Assignment(_, Sum(sign, left, right)):
                    text = (
                        f"{path} = {self._operand(left)} {sign} {self._operand(right)}"
                    )
                case Assignment(_, (Call() | Value() | Path()) as value):
                    text = f"{path} = {self._operand(value)}"
                case Add(_, value) | Delete(_, value):
                    text = f"{path} {self._operand(value)}"
                case _:
                    text = path
            sections.setdefault(_SECTIONS[type(action)], []).append(text)
        return " ".join(f"{word} {', '.join(all_)}" for word, all_ in sections.items())

    def all_of(self, conditions: Sequence[Condition]) -> str:
        """Write that each condition must be met; nothing, where there is none."""
        return " AND ".join(map(self._part, conditions))

    def any_of(self, conditions: Sequence[Condition]) -> str:
        """Write that one of the conditions must be met."""
        return " OR ".join(map(self._part, conditions))

    def _part(self, condition: Condition) -> str:
        """Write a part of a condition; parentheses would be refused without need."""
        text = self._condition(condition)
        return f"({text})" if isinstance(condition, And | Or) else text

    def _condition(self, condition: Condition) -> str:
        match condition:
            case And(parts):
                return self.all_of(parts)
            case Or(parts):
                return self.any_of(parts)
            case Not(part):
                return f"NOT {self._part(part)}"
            case Comparison(operator, left, right):
                return f"{self._operand(left)} {operator} {self._operand(right)}"
            case Between(operand, low, high):
                first, *bounds = map(self._operand, (operand, low, high))
                return f"{first} BETWEEN {' AND '.join(bounds)}"
            case In(operand, choices):
                return f"{self._operand(operand)} IN ({self._operands(choices)})"
            case Call():
                return self._operand(condition)
        assert_never(condition)

    def _operands(self, operands: Sequence[Operand]) -> str:
        return ", ".join(map(self._operand, operands))

    def _operand(self, operand: Operand) -> str:
        match operand:
            case Value(name):
                self._values[name] = self._known[name]
                return name
            case Call(function, operands):
                return f"{function}({self._operands(operands)})"
            case Path(parts):
                steps = (
                    f"[{part}]" if isinstance(part, int) else f".{self._name(part)}"
                    for part in parts
                )
                return "".join(steps).removeprefix(".")
        assert_never(operand)

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"#{len(self._names)}")
