"""Reads values in a PartiQL statement: literals, parameters, paths and functions.

Words are keywords only where they can be nothing else, so that an attribute may have
any name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from sandbox.tables.attribute_json import read_attribute
from sandbox.tables.conditions import ConditionReader
from sandbox.tables.errors import validation_error
from sandbox.tables.expression_parts import Call, Operand, Value
from sandbox.tables.expression_text import ExpressionError
from sandbox.tables.partiql_text import tokens_of

AttributeValue: TypeAlias = Mapping[str, Any]
"""As `shapes` has read it."""
_MAX_DEPTH = 64
"""Of parentheses, NOTs, lists and maps; well above what is kept, below Python's own."""
_LONGEST_INDEX = 10
_NO_NAMES = frozenset({"FALSE", "MISSING", "NOT", "NULL", "TRUE"})
_CONSTANTS: Mapping[str, AttributeValue] = {
    "TRUE": {"BOOL": True},
    "FALSE": {"BOOL": False},
    "NULL": {"NULL": True},
}


class ValueReader(ConditionReader):
    """Reads one text; what its `Value`s name is in `_values`.

    Args:
        text: PartiQL.
        parameters: what its `?` stand for, in order.

    Raises:
        ExpressionError: it has a character that none can have.
        TableError: it has more parameters than `?`, or fewer.
    """

    def __init__(self, text: str, parameters: Sequence[AttributeValue]) -> None:
        super().__init__(text, tokens_of(text))
        if sum(token.is_symbol("?") for token in self._tokens) != len(parameters):
            raise validation_error(
                "Number of parameters in request and statement don't match."
            )
        self._parameters = iter(parameters)
        self._values: dict[str, AttributeValue] = {}
        self._depth = 0

    # operand: function "(" operand ("," operand)* ")" | value | path

    def operand(self) -> Operand:
        """Read an operand; a value in it is noted."""
        token = self._next
        is_name = token.kind in ("name", "placeholder")
        if is_name and not any(map(token.is_keyword, _CONSTANTS)):
            if not self._tokens[self._place + 1].is_symbol("("):
                return self.path()
            name = self._name().lower()
            if name == "if_not_exists":  # which updates have, and PartiQL has not
                raise ExpressionError(f"Invalid function name; function: {name}")
            with self._deeper():
                return Call(name, self.operands())
        return self._note(self._value())

    def _note(self, value: AttributeValue) -> Value:
        name = f":{len(self._values)}"
        self._values[name] = value
        return Value(name)

    # A value is a text, a number, TRUE, FALSE, NULL, "?", a list, a map or a set.

    def _value(self) -> AttributeValue:
        token = self._next
        if token.kind == "value":
            self._place += 1
            return {"S": token.text}
        for word, constant in _CONSTANTS.items():
            if self._takes_keyword(word):
                return constant
        match self._takes_symbol("?", "[", "{", "<<"):
            case "?":
                return next(self._parameters)
            case "[":
                return {"L": self._members(self._value, "]")}
            case "{":
                return self._map()
            case "<<":
                return self._set_of(self._members(self._value, ">>"))
        return self._number()

    def _number(self) -> AttributeValue:
        sign = self._takes_symbol("-", "+") or ""
        token = self._next
        if token.kind != "number":
            raise self._mismatch()
        self._place += 1
        return read_attribute({"N": f"{sign}{token.text}"})

    def _map(self) -> AttributeValue:
        members = self._members(self._member, "}")
        if len(dict(members)) < len(members):
            raise ExpressionError("A map has each name once;")
        return {"M": dict(members)}

    def _member(self) -> tuple[str, AttributeValue]:
        name = self._next
        if name.kind != "value":
            raise self._mismatch()
        if not name.text:
            raise validation_error("Empty attribute name")
        self._place += 1
        self._expect(":")
        return name.text, self._value()

    def _set_of(self, members: Sequence[AttributeValue]) -> AttributeValue:
        kinds = {kind for member in members for kind in member}
        if kinds not in ({"S"}, {"N"}):
            raise ExpressionError("A set has one or more texts, or numbers;")
        (kind,) = kinds
        return read_attribute({f"{kind}S": [member[kind] for member in members]})

    def _members(self, read: Callable[[], Any], closing: str) -> list[Any]:
        """Read what is in brackets: none or more, with commas between them."""
        if self._takes_symbol(closing):
            return []
        with self._deeper():
            members = self.listed(read)
        self._expect(closing)
        return list(members)

    # Tokens

    def _name(self) -> str:
        token = self._next
        is_word = token.kind == "name" and token.text.upper() not in _NO_NAMES
        if not is_word and token.kind != "placeholder":
            raise self._mismatch()
        self._place += 1
        return token.text

    def _index(self) -> int:
        if not self._next.text.isdigit() or len(self._next.text) > _LONGEST_INDEX:
            raise self._mismatch()
        return super()._index()

    def _one_of(self, *words: str) -> str:
        for word in words:
            if self._takes_keyword(word):
                return word
        raise self._mismatch()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ExpressionError("The statement nests too deeply;")
        yield
        self._depth -= 1
