"""What is remembered of deliveries, and what gives way."""

import pytest

from sandbox.bus.kept_deliveries import KeptDeliveries
from sandbox.exchange import Delivery, Execution, Invocation, Returned
from sandbox.json_value import JsonText
from tests.functions import function_of


def delivery(request_id: str, event: str = "", printed: str = "") -> Delivery:
    """Give one whose function has returned nothing."""
    return Delivery(
        invocation=Invocation(
            request_id=request_id, function=function_of(), event=JsonText(event)
        ),
        started_epoch=1.0,
        execution=Execution(outcome=Returned(value=None), output=printed),
    )


def ids(kept: KeptDeliveries) -> str:
    """Give the ids of what is kept, each a letter."""
    return "".join(one.invocation.request_id for one in kept.all)


def test_the_oldest_give_way_in_number() -> None:
    """And none is there once they are cleared."""
    kept = KeptDeliveries(limit=2)
    for request_id in "abc":
        kept.append(delivery(request_id))
    assert ids(kept) == "bc"
    kept.clear()

    assert kept.all == ()


@pytest.mark.parametrize("text", ["event", "printed"])
def test_the_oldest_give_way_in_bytes(text: str) -> None:
    """As many as it takes; the newest stays, however large it is."""
    kept = KeptDeliveries(limit_bytes=10)
    for request_id, size in (("a", 4), ("b", 4), ("c", 6)):
        kept.append(delivery(request_id, **{text: "x" * size}))
    assert ids(kept) == "bc"
    kept.append(delivery("d", **{text: "x" * 11}))
    assert ids(kept) == "d"
    kept.clear()
    kept.append(delivery("e", **{text: "x" * 10}))

    assert ids(kept) == "e"
