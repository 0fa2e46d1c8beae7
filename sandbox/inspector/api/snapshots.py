"""`/api/snapshots`: named start states of the running sandbox."""

from sandbox.durations import iso_moment
from sandbox.inspector.endpoints import Endpoint
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.schemas import (
    INTEGER,
    NUMBER,
    TEXT,
    TEXTS,
    Schema,
    array_of,
    object_of,
)
from sandbox.inspector.subject import SavedState, SavedStates
from sandbox.json_value import JsonValue

STATE: Schema = object_of(
    {
        "name": TEXT,
        "saved": TEXT,
        "rows": INTEGER,
        "clock_offset_seconds": NUMBER,
        "size_bytes": INTEGER,
    }
)


class SnapshotsApi:
    """The endpoints of start states.

    Args:
        states: saves and loads them; what it raises is answered with 409.
    """

    def __init__(self, *, states: SavedStates) -> None:
        self._states = states

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        path = "/api/snapshots"
        return (
            Endpoint(
                "GET",
                path,
                "List the saved start states.",
                self.list,
                gives=object_of({"snapshots": array_of(STATE)}),
            ),
            Endpoint(
                "PUT",
                f"{path}/{{name}}",
                "Save all rows and the clock's offset under a name.",
                self.save,
                gives=STATE,
            ),
            Endpoint(
                "POST",
                f"{path}/{{name}}/load",
                "Bring back all rows and the clock's offset.",
                self.load,
                gives=object_of({"name": TEXT, "warnings": TEXTS}),
            ),
            Endpoint(
                "DELETE",
                f"{path}/{{name}}",
                "Delete a saved start state.",
                self.delete,
                gives=object_of({"name": TEXT}),
            ),
        )

    def list(self, request: ApiRequest) -> JsonAnswer:
        """Give what is saved, by name."""
        found = [_as_json(state) for state in self._states.list()]
        return JsonAnswer(content={"snapshots": found})

    def save(self, request: ApiRequest) -> JsonAnswer:
        """Save the sandbox's state, in place of what has the name."""
        return JsonAnswer(content=_as_json(self._states.save(request.path["name"])))

    def load(self, request: ApiRequest) -> JsonAnswer:
        """Bring back a state, and tell what does not fit any more."""
        name = request.path["name"]
        return JsonAnswer(content={"name": name, "warnings": self._states.load(name)})

    def delete(self, request: ApiRequest) -> JsonAnswer:
        """Delete a state."""
        name = request.path["name"]
        self._states.delete(name)
        return JsonAnswer(content={"name": name})


def _as_json(state: SavedState) -> dict[str, JsonValue]:
    return {
        "name": state.name,
        "saved": iso_moment(state.saved_epoch),
        "rows": state.rows,
        "clock_offset_seconds": state.clock_offset_seconds,
        "size_bytes": state.size_bytes,
    }
