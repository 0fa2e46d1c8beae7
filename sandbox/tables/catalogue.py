"""Makes the manifest's tables in an engine, and brings them back to their seeds."""

from collections.abc import Callable, Iterable, Mapping

from sandbox.errors import SeedError
from sandbox.project.model import Project
from sandbox.tables.attribute_values import Seeds
from sandbox.tables.engine import Engine
from sandbox.tables.errors import TableError
from sandbox.tables.lookups import Item
from sandbox.tables.plan import Declaration, Plan, declarations, plan
from sandbox.tables.schema import update_ttl


class Catalogue:
    """The tables that the manifest declares, and their first rows.

    Args:
        engine: where the tables are made. It may hold others, which the app makes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._declared: dict[str, Declaration] = {}
        self._seeded: dict[str, tuple[Item, ...]] = {}

    @property
    def logical_names(self) -> Mapping[str, str]:
        """The manifest's name of each declared table, by physical name."""
        return {name: made.table.name for name, made in self._declared.items()}

    def apply(self, project: Project, *, seeds: Callable[[], Seeds]) -> tuple[str, ...]:
        """Make the tables those of `project`; as `TableStore.apply` says."""
        wanted = declarations(project)
        steps = plan(self._declared, wanted)
        rows = seeds() if steps.create else {}
        self._engine.use_region(project.region)
        self._fit(steps)
        self._fill(steps.create, rows)
        self._declared = wanted
        return steps.notices

    def reset(self) -> None:
        """Drop all tables and make the declared ones as they were once seeded."""
        self._engine.drop_all()
        for declaration in self._declared.values():
            self._create(declaration)
            items = self._seeded.get(declaration.name, ())
            self._engine.tables[declaration.name].load(items)

    def _fit(self, steps: Plan) -> None:
        for name in steps.drop:
            self._engine.drop(name)
            self._declared.pop(name, None)
            self._seeded.pop(name, None)
        for declaration in steps.update:
            if declaration.name in self._engine.tables:
                self._engine.set_indexes(declaration.request)
                self._set_ttl(declaration)

    def _fill(self, created: Iterable[Declaration], seeds: Seeds) -> None:
        """Create tables and put their seeds; take all of them back if one fails."""
        done: list[str] = []
        try:
            for declaration in created:
                done.append(declaration.name)
                self._create(declaration)
                if declaration.stage == "staging":
                    self._put_seeds(declaration, seeds)
        except SeedError:
            for name in done:
                self._engine.drop(name)
            raise
        for name in done:
            self._seeded[name] = tuple(self._engine.tables[name].rows)

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
                    remedy="Mend that row in the seed file.",
                ) from error
