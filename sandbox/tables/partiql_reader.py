"""Takes the text of a PartiQL statement and its parameters, gives what it asks for.

The grammar is that of the Developer Guide's "PartiQL language reference for DynamoDB".
Conditions and changes are those of expressions: their `Value`s name what is in the
statement's `values`, and paths have attributes' real names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sandbox.tables import update_expressions
from sandbox.tables.condition_checks import MAX_CHOICES
from sandbox.tables.conditions import And, Condition, In, Not
from sandbox.tables.errors import validation_error
from sandbox.tables.expression_parts import Call, Operand, Path, Value
from sandbox.tables.expression_text import ExpressionError
from sandbox.tables.partiql_values import AttributeValue, ValueReader
from sandbox.tables.update_expressions import Action, Add, Remove, Sum

_NOT_FORMED = "Statement wasn't well formed, can't be processed: "
_SET_TYPES = frozenset({"SS", "NS", "BS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """What statements on items that are there have in common."""

    table: str
    where: tuple[Condition, ...] = ()
    """Of which an item must meet each."""
    values: Mapping[str, AttributeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Select(_Where):
    """`SELECT * FROM "table"."index" WHERE … ORDER BY …`."""

    index: str | None = None
    paths: tuple[Path, ...] | None = None
    """What of an item is given; None for all of it."""
    order_by: str | None = None
    is_descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists(_Where):
    """`EXISTS(SELECT * FROM "table" WHERE …)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """`INSERT INTO "table" VALUE {…}`."""

    table: str
    item: Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(_Where):
    """`UPDATE "table" SET … REMOVE … WHERE … RETURNING …`."""

    actions: tuple[Action, ...]
    returning: str = "NONE"
    """Such as `ALL_OLD`, as ReturnValues has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(_Where):
    """`DELETE FROM "table" WHERE … RETURNING ALL OLD *`."""

    returning: str = "NONE"


Statement: TypeAlias = Select | Exists | Insert | Update | Delete


def read_statement(text: str, parameters: Sequence[AttributeValue]) -> Statement:
    """Read a statement.

    Args:
        text: PartiQL.
        parameters: what its `?` stand for, in order.

    Raises:
        TableError: it cannot be read, or has a value that DynamoDB does not keep.
    """
    try:
        reader = _Reader(text, parameters)
        return reader.whole(reader.statement)
    except ExpressionError as error:
        raise validation_error(f"{_NOT_FORMED}{error}") from error


class _Reader(ValueReader):
    def statement(self) -> Statement:
        starts: Mapping[str, Callable[[], Statement]] = {
            "SELECT": self._select,
            "INSERT": self._insert,
            "UPDATE": self._update,
            "DELETE": self._delete,
            "EXISTS": self._exists,
        }
        return starts[self._one_of(*starts)]()

    def _select(self) -> Select:
        is_whole = self._takes_symbol("*")
        paths = None if is_whole else self.listed(self.path)
        self._one_of("FROM")
        table = self._name()
        index = self._name() if self._takes_symbol(".") else None
        where = self._where()
        order_by, is_descending = None, False
        if self._takes_keyword("ORDER"):
            self._one_of("BY")
            order_by = self._name()
            is_descending = self._takes_keyword("DESC")
            if not is_descending:
                self._takes_keyword("ASC")
        return Select(
            table=table,
            index=index,
            paths=paths,
            where=where,
            order_by=order_by,
            is_descending=is_descending,
            values=self._values,
        )

    def _exists(self) -> Exists:
        self._expect("(")
        self._one_of("SELECT")
        self._expect("*")
        self._one_of("FROM")
        table, where = self._name(), self._where()
        self._expect(")")
        return Exists(table=table, where=where, values=self._values)

    def _insert(self) -> Insert:
        self._one_of("INTO")
        table = self._name()
        self._one_of("VALUE")
        self._expect("{")
        return Insert(table=table, item=self._map()["M"])

    def _update(self) -> Update:
        table = self._name()
        actions: list[Action] = []
        while True:
            if self._takes_keyword("SET"):
                actions += self.listed(self._set)
            elif self._takes_keyword("REMOVE"):
                actions += self.listed(lambda: Remove(self.path()))
            elif actions:
                break
            else:
                raise self._mismatch()
        return Update(
            table=table,
            actions=tuple(actions),
            where=self._where(),
            returning=self._returning(),
            values=self._values,
        )

    def _delete(self) -> Delete:
        self._one_of("FROM")
        table, where, returning = self._name(), self._where(), self._returning()
        return Delete(
            table=table, where=where, returning=returning, values=self._values
        )

    def _where(self) -> tuple[Condition, ...]:
        if not self._takes_keyword("WHERE"):
            return ()
        return tuple(_joined(self.condition()))

    def _returning(self) -> str:
        if not self._takes_keyword("RETURNING"):
            return "NONE"
        what, when = self._one_of("ALL", "MODIFIED"), self._one_of("OLD", "NEW")
        self._expect("*")
        return f"{what}_{when}".replace("MODIFIED", "UPDATED")

    # SET path = operand | operand "+" operand | operand "-" operand | function

    def _set(self) -> Action:
        path = self.path()
        self._expect("=")
        value = self.operand()
        match value:
            case Call(("set_add" | "set_delete") as function, operands):
                return self._change_of_set(path, function, operands)
        sign = self._takes_symbol("+", "-")
        return update_expressions.Set(
            path, Sum(sign, value, self.operand()) if sign else value
        )

    def _change_of_set(
        self, path: Path, function: str, operands: Sequence[Operand]
    ) -> Action:
        match operands:
            case (same, Value(name) as members) if same == path:
                if self._values[name].keys() <= _SET_TYPES:
                    kind = Add if function == "set_add" else update_expressions.Delete
                    return kind(path, members)
        raise ExpressionError(f"{function} takes the path that is set, and a set;")

    # A condition is an expression's, but with IN [ … ], IS, and any parentheses.

    def _not(self) -> Condition:
        if not self._takes_keyword("NOT"):
            return self._single()
        with self._deeper():
            return Not(self._not())

    def _single(self) -> Condition:
        if not self._takes_symbol("("):
            return self._rest(self.operand())
        with self._deeper():
            condition = self.condition()
        self._expect(")")
        return condition

    def _rest(self, operand: Operand) -> Condition:
        if self._takes_keyword("IN"):
            return In(operand, self._choices())
        if self._takes_keyword("IS"):
            return self._is(operand)
        return super()._rest(operand)

    def _choices(self) -> tuple[Operand, ...]:
        closing = "]" if self._takes_symbol("[") else ")"
        if closing == ")":
            self._expect("(")
        choices = self.listed(self.operand)
        self._expect(closing)
        if len(choices) > MAX_CHOICES:  # the same of keys, which queries ask for
            raise validation_error(
                "The IN operator is provided with too many operands; "
                f"number of operands: {len(choices)}"
            )
        return choices

    def _is(self, operand: Operand) -> Condition:
        is_not = self._takes_keyword("NOT")
        if self._takes_keyword("MISSING"):
            name = "attribute_exists" if is_not else "attribute_not_exists"
            return Call(name, (operand,))
        self._one_of("NULL")
        is_null = Call("attribute_type", (operand, self._note({"S": "NULL"})))
        return Not(is_null) if is_not else is_null


def _joined(condition: Condition) -> Iterator[Condition]:
    """Give the conditions that must all be met."""
    if not isinstance(condition, And):
        yield condition
        return
    for one in condition.conditions:
        yield from _joined(one)
