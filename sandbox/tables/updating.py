"""Takes an update and an item's attributes, gives those that are others then.

Whatever an update reads is what was there before it, and whatever it changes is where
it was before it: `REMOVE l[0], l[1]` takes the first two elements of a list. What it
sets behind a list's end is added to it, in order (DynamoDB Developer Guide, "Using
update expressions").
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any, TypeAlias

from sandbox.tables.condition_values import step_into
from sandbox.tables.errors import validation_error
from sandbox.tables.expression_checks import Attributes
from sandbox.tables.expression_parts import Call, Operand, Path, RealPath, Value
from sandbox.tables.number_text import read_number
from sandbox.tables.update_expressions import Action, Add, Delete, Remove, Sum, Update
from sandbox.tables.update_expressions import Set as Assignment

AttributeValue: TypeAlias = Mapping[str, Any]
"""A value in DynamoDB JSON, binary as bytes."""
Changed: TypeAlias = dict[str, AttributeValue | None]
"""Attributes by name; None for those that are gone."""

EXPRESSION_MISMATCH = "An operand in the update expression has an incorrect data type"
_NOTHING_THERE = (
    "The provided expression refers to an attribute that does not exist in the item"
)
_NO_PLACE = "The document path provided in the update expression is invalid for update"
_EXACT = Context(prec=400)
"""Enough for the sum of the largest and the smallest number that DynamoDB keeps."""
_SETS = ("SS", "NS", "BS")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundUpdate:
    """An update with what its names and values mean."""

    update: Update
    names: Mapping[str, str]
    values: Attributes
    mismatch: str = EXPRESSION_MISMATCH
    """What is said where a value has another type than the update wants."""

    def targets(self) -> tuple[RealPath, ...]:
        """Give the paths of what it changes."""
        return tuple(action.path.real(self.names) for action in self.update.actions)

    def heads(self) -> frozenset[str]:
        """Give the names of the attributes that it reads or changes."""
        read = [
            path.real(self.names)
            for action in self.update.actions
            if isinstance(action, Assignment)
            for path in _paths_in(action.value)
        ]
        return frozenset(str(path[0]) for path in (*self.targets(), *read))

    def apply(self, attributes: Attributes) -> Changed:
        """Give the attributes that are others, or gone, after the update.

        Args:
            attributes: the item's, of which those in `heads` matter; none of a new
                one. They are left as they are.

        Raises:
            TableError: a path leads through what is not there or is no map or list, a
                value has the wrong type, or a number is one that DynamoDB cannot keep.
        """
        actions, targets = self.update.actions, self.targets()
        new = _New(attributes, heads=[str(path[0]) for path in targets])
        given = [self._given(action, attributes) for action in actions]
        for action, value, path in zip(actions, given, targets, strict=True):
            place = new.place(path)
            place.put(self._result(action, place.value, value))
        return new.changed()

    def _given(self, action: Action, attributes: Attributes) -> AttributeValue | None:
        """Give what an action brings along; None for REMOVE."""
        match action:
            case Assignment(_, Sum(sign, left, right)):
                first = self._number(self._operand(left, attributes))
                second = self._number(self._operand(right, attributes))
                return _sum(sign, first, second)
            case Assignment(_, (Call() | Value() | Path()) as operand):
                return self._operand(operand, attributes)
            case Add(_, value) | Delete(_, value):
                return self.values[value.name]
        return None

    def _operand(self, operand: Operand, attributes: Attributes) -> AttributeValue:
        match operand:
            case Value(name):
                return self.values[name]
            case Call("if_not_exists", (Path() as path, default)):
                found = self._find(path, attributes)
                return self._operand(default, attributes) if found is None else found
            case Call(_, operands):  # list_append alone
                lists = [self._operand(one, attributes) for one in operands]
                return {"L": [m for one in lists for m in self._content("L", one)]}
            case Path():
                found = self._find(operand, attributes)
                if found is not None:
                    return found
        raise validation_error(_NOTHING_THERE)

    def _find(self, path: Path, attributes: Attributes) -> AttributeValue | None:
        head, *parts = path.real(self.names)
        return step_into(attributes.get(str(head)), parts)

    def _result(
        self,
        action: Action,
        before: AttributeValue | None,
        given: AttributeValue | None,
    ) -> AttributeValue | None:
        """Give what is at an action's place after it; None for nothing."""
        match action:
            case Add() if given is not None and before is not None:
                return self._added(before, given)
            case Delete() if given is not None:
                return None if before is None else self._deleted(before, given)
            case Remove():
                return None
        return given

    def _added(self, before: AttributeValue, given: AttributeValue) -> AttributeValue:
        ((kind, content),) = given.items()
        if kind == "N":
            return _sum("+", self._number(before), self._number(given))
        members = self._content(kind, before)
        new = (m for m in content if kind not in _SETS or m not in members)
        return {kind: [*members, *new]}

    def _deleted(
        self, before: AttributeValue, given: AttributeValue
    ) -> AttributeValue | None:
        ((kind, content),) = given.items()
        left = [m for m in self._content(kind, before) if m not in content]
        return {kind: left} if left else None

    def _number(self, value: AttributeValue) -> Decimal:
        return Decimal(self._content("N", value))

    def _content(self, kind: str, value: AttributeValue) -> Any:
        if kind not in value:
            raise validation_error(self.mismatch)
        return value[kind]


def _sum(sign: str, first: Decimal, second: Decimal) -> AttributeValue:
    act = _EXACT.add if sign == "+" else _EXACT.subtract
    return {"N": read_number(str(act(first, second)))}


def _paths_in(value: Operand | Sum) -> Iterator[Path]:
    match value:
        case Path():
            yield value
        case Sum(_, left, right):
            yield from _paths_in(left)
            yield from _paths_in(right)
        case Call(_, operands):
            for operand in operands:
                yield from _paths_in(operand)


class _New:
    """Attributes that are being changed; those that were there stay as they are."""

    def __init__(self, attributes: Attributes, *, heads: Sequence[str]) -> None:
        self._heads = tuple(dict.fromkeys(heads))
        self._members: dict[str, Any] = {
            name: copy.deepcopy(attributes[name])
            for name in self._heads
            if name in attributes
        }
        self._lists: dict[int, _List] = {}

    def place(self, path: RealPath) -> "_Place":
        """Give where a path leads to, in a map or a list that is there."""
        *way, last = path
        container: AttributeValue | None = {"M": self._members}
        container = step_into(container, way)
        match container, last:
            case {"M": members}, str():
                return _Member(members, last)
            case {"L": elements}, int():
                known = self._lists.setdefault(id(elements), _List(elements))
                return _Element(known, last)
        raise validation_error(_NO_PLACE)

    def changed(self) -> Changed:
        """Give what has become of them."""
        for changed in self._lists.values():
            changed.settle()
        return {name: self._members.get(name) for name in self._heads}


@dataclass(frozen=True, slots=True)
class _Member:
    """An attribute, or a member of a map."""

    members: dict[str, AttributeValue]
    name: str

    @property
    def value(self) -> AttributeValue | None:
        return self.members.get(self.name)

    def put(self, value: AttributeValue | None) -> None:
        if value is None:
            self.members.pop(self.name, None)
        else:
            self.members[self.name] = value


@dataclass(frozen=True, slots=True)
class _List:
    """A list whose elements stay where they are until all is done."""

    elements: list[AttributeValue]
    changes: dict[int, AttributeValue | None] = field(default_factory=dict)

    def settle(self) -> None:
        kept = {**dict(enumerate(self.elements)), **self.changes}
        self.elements[:] = [
            value for _, value in sorted(kept.items()) if value is not None
        ]


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of a list, or a place behind its end."""

    list: _List
    place: int

    @property
    def value(self) -> AttributeValue | None:
        elements = self.list.elements
        return elements[self.place] if self.place < len(elements) else None

    def put(self, value: AttributeValue | None) -> None:
        self.list.changes[self.place] = value


_Place: TypeAlias = _Member | _Element
