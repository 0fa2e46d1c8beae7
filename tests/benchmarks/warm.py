"""Scenarios `hello` and `session`: warm handlers under load."""

from tests.benchmarks import apps, contenders
from tests.benchmarks.report import Measurement
from tests.benchmarks.rounds import Entry, Plan, warm_rounds


def hello(plan: Plan) -> list[Measurement]:
    """Measure a handler that answers at once, each contender reloading as it does."""
    app = apps.hello_app(plan.folder / "hello")
    entries = [
        Entry(contender=contenders.ours(), app=app),
        Entry(contender=contenders.floor(), app=app),
    ]
    if plan.peers:
        modules = plan.peers.node_modules
        other = apps.serverless_app(plan.folder / "serverless", node_modules=modules)
        google = apps.framework_app(plan.folder / "framework")
        entries += [
            Entry(contender=contenders.peer(plan.peers), app=app),
            Entry(contender=contenders.serverless(plan.peers, reloads=True), app=other),
            Entry(
                contender=contenders.serverless(plan.peers, reloads=False), app=other
            ),
            Entry(contender=contenders.framework(plan.peers), app=google),
        ]
    in_node = apps.node_hello_app(plan.folder / "node")
    pair = contenders.of_architect(plan.peers)
    entries_in_node = [Entry(contender=one, app=in_node) for one in pair]
    return [
        *warm_rounds(plan, "hello", entries),
        *warm_rounds(plan, "hello, Node", entries_in_node),
    ]


def session(plan: Plan) -> list[Measurement]:
    """Measure a count in a session, by store and language."""
    modules = plan.peers.node_modules if plan.peers else None
    measured: list[Measurement] = []
    for store in apps.STORES:
        app = apps.session_app(
            plan.folder / f"session-{store}", store=store, node_modules=modules
        )
        for language, path in (("Python", "/count"), ("Node", "/node")):
            if language == "Python" or modules:
                entries = [
                    Entry(contender=c, app=app, method="POST", path=path, cookies=True)
                    for c in contenders.of_architect(plan.peers)
                ]
                scenario = f"{store} session, {language}"
                measured += warm_rounds(plan, scenario, entries)
    return measured
