"""Makes the manifest's tables in an engine, and brings them back to their seeds."""

from collections.abc import Callable, Iterable, Mapping

from sandbox.errors import SeedError
from sandbox.project.model import Project
from sandbox.tables.attribute_values import Seeds
from sandbox.tables.engine import Engine
from sandbox.tables.errors import TableError
from sandbox.tables.keeper import Keeper
from sandbox.tables.kept import KeptTable
from sandbox.tables.orders import Item
from sandbox.tables.plan import Declaration, Plan, declarations, plan
from sandbox.tables.schema import update_ttl


class Catalogue:
    """The tables that the manifest declares, and their first rows.

    Args:
        engine: where the tables are made. It may hold others, which the app makes.
        keeper: knows the rows of tables that were there before a restart.
    """

    def __init__(self, engine: Engine, keeper: Keeper) -> None:
        self._engine = engine
        self._keeper = keeper
        self._seeds: Callable[[], Seeds] = dict
        self._declared: dict[str, Declaration] = {}
        self._seeded: dict[str, tuple[Item, ...]] = {}

    @property
    def logical_names(self) -> Mapping[str, str]:
        """The manifest's name of each declared table, by physical name."""
        return {name: made.table.name for name, made in self._declared.items()}

    def apply(self, project: Project, *, seeds: Callable[[], Seeds]) -> tuple[str, ...]:
        """Make the tables those of `project`; as `TableStore.apply` says."""
        wanted = declarations(project)
        keeper = self._keeper
        steps = plan(self._declared, wanted)
        new = {d.name for d in steps.create if not keeper.has(d.name, d.keys)}
        rows = seeds() if new else {}
        self._seeds = seeds
        self._engine.use_region(project.region)
        self._fit(steps)
        with self._engine.same_tables_on_failure():
            for declaration in steps.create:
                self._create(declaration)
                if declaration.name in new:
                    self._begin(declaration, rows)
                else:
                    self._wake(declaration)
        keeper.settle()
        self._declared = wanted
        return steps.notices

    def restore(self, tables: Iterable[KeptTable]) -> tuple[str, ...]:
        """Drop all tables; make these again, and the declared ones.

        A declared one that is not among them, or has other keys, has its seeds.

        Returns:
            What the developer should know.

        Raises:
            SeedError: such a table cannot be seeded.
        """
        wanted = {table.name: table for table in tables}
        notices: list[str] = []
        self._engine.drop_all()
        for declaration in self._declared.values():
            self._create(declaration)
            kept = wanted.pop(declaration.name, None)
            if kept and kept.keys == self._engine.tables[declaration.name].typed_keys:
                self._engine.load_rows(declaration.name, kept.rows)
                continue
            self._load_seeds(declaration)
            if kept:
                notices.append(_other_keys(declaration.name))
        for kept in wanted.values():
            notices += self.make_again(kept)
        return tuple(notices)

    def make_again(self, kept: KeptTable) -> tuple[str, ...]:
        """Make a table as the app once made it, with its rows."""
        if not kept.requests:
            return (_undeclared(kept),) if kept.rows else ()
        try:
            for operation, request in kept.requests:
                self._engine.call(operation, request)
        except TableError as error:
            return (
                f'Table "{kept.name}", which the app made, cannot be made again: '
                f"{error.message}.",
            )
        self._engine.load_rows(kept.name, kept.rows)
        self._keeper.adopt(kept.name, kept.requests)
        return ()

    def _load_seeds(self, declaration: Declaration) -> None:
        if declaration.name in self._seeded:
            table = self._engine.tables[declaration.name]
            table.load(self._seeded[declaration.name])
        else:
            self._seed(declaration, self._seeds)

    def _fit(self, steps: Plan) -> None:
        for name in steps.drop:
            if name in self._engine.tables:
                self._keeper.put_to_sleep(self._engine.tables[name])
            self._engine.drop(name)
            self._declared.pop(name, None)
            self._seeded.pop(name, None)
        for declaration in steps.update:
            if declaration.name in self._engine.tables:
                self._engine.set_indexes(declaration.request)
                self._set_ttl(declaration)

    def _begin(self, declaration: Declaration, seeds: Seeds) -> None:
        """Give a table that is new its seeds."""
        self._seed(declaration, lambda: seeds)
        self._keeper.begin(self._engine.tables[declaration.name])

    def _seed(self, declaration: Declaration, seeds: Callable[[], Seeds]) -> None:
        """Give an empty table its seeds, and remember what they have made of it."""
        if declaration.stage == "staging":
            self._put_seeds(declaration, seeds())
        table = self._engine.tables[declaration.name]
        self._seeded[declaration.name] = tuple(table.rows)

    def _wake(self, declaration: Declaration) -> None:
        """Give a table the rows that it had."""
        rows = self._keeper.wake(self._engine.tables[declaration.name])
        self._engine.load_rows(declaration.name, rows)

    def _create(self, declaration: Declaration) -> None:
        self._engine.drop(declaration.name)
        self._engine.call("CreateTable", declaration.request)
        self._set_ttl(declaration)

    def _set_ttl(self, declaration: Declaration) -> None:
        """Turn TTL on for the declared attribute, or off where none is declared."""
        request = update_ttl(declaration.table, physical_name=declaration.name)
        if request is None:
            self._engine.disable_ttl(declaration.name)
        else:
            self._engine.call("UpdateTimeToLive", request)

    def _put_seeds(self, declaration: Declaration, seeds: Seeds) -> None:
        for number, row in enumerate(seeds.get(declaration.table.name, ()), 1):
            request = {"TableName": declaration.name, "Item": row}
            try:
                self._engine.call("PutItem", request)
            except TableError as error:
                raise SeedError(
                    f"DynamoDB refuses seed row {number} of table "
                    f'"{declaration.table.name}": {error.message}.',
                    remedy="Fix that row in the seed file.",
                ) from error


def _other_keys(name: str) -> str:
    return (
        f'Table "{name}" had other keys when the snapshot was saved, so it has its '
        "seeds. Save the snapshot again."
    )


def _undeclared(kept: KeptTable) -> str:
    return (
        f'Table "{kept.name}" of the snapshot is not declared any more: its '
        f"{len(kept.rows)} rows are left out. Declare it, and load the snapshot again."
    )
