"""What takes a factory from what is deployed to what is declared, as properties over random factories."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplake.azure.artifacts import KINDS, Key, Properties, in_order, needs
from shoplake.azure.changes import STATE, changes
from shoplake.errors import DeclarationError
from tests.azure.model import Model

NAMES = "abc"
BELOW = {
    "linkedService": ["integrationRuntime"],
    "dataset": ["linkedService"],
    "pipeline": ["dataset", "linkedService", "pipeline"],
    "trigger": ["pipeline", "trigger"],
}
MADE = ["integrationRuntime", *BELOW]


def reference(key: Key) -> dict[str, str]:
    return {"referenceName": key[1], "type": f"{key[0][0].upper()}{key[0][1:]}Reference"}


@st.composite
def factories(draw: st.DrawFn, states: tuple[str | None, ...]) -> dict[Key, Properties]:
    """Artifacts that refer to those before them alone, triggers in one of the states."""
    found: dict[Key, Properties] = {}
    for kind in MADE:
        for name in draw(st.sets(st.sampled_from(NAMES))):
            there = [key for key in found if key[0] in BELOW.get(kind, ())]
            named = draw(st.lists(st.sampled_from(there), max_size=2, unique=True)) if there else []
            content: dict[str, Any] = {"value": draw(st.integers(0, 2)), "inner": [reference(key) for key in named]}
            if kind == "trigger" and (state := draw(st.sampled_from(states))):
                content[STATE] = state
            found[kind, name] = content
    return found


DECLARED = factories(("Started", "Stopped", None))
DEPLOYED = factories(("Started", "Stopped"))


@given(DECLARED, DEPLOYED)
def test_a_plan_leads_to_what_is_declared(declared: dict[Key, Properties], deployed: dict[Key, Properties]) -> None:
    model = Model(deployed)
    for step in changes(declared, deployed, set(KINDS)):
        model.do(step)  # which refuses what a factory refuses: a reference to nothing, a removal of what is referred to
    assert model.held.keys() == declared.keys()
    for key, properties in declared.items():
        held = dict(model.held[key])
        state, wanted = held.pop(STATE, None), dict(properties)
        said = wanted.pop(STATE, None)
        assert held == wanted
        if key[0] == "trigger":
            before = deployed.get(key, {}).get(STATE, "Stopped")
            assert state == (said or before)
    assert changes(declared, model.held, set(KINDS)) == []


@given(DECLARED, DEPLOYED)
def test_only_triggers_that_change_stop(declared: dict[Key, Properties], deployed: dict[Key, Properties]) -> None:
    steps = changes(declared, deployed, set(KINDS))
    touched = {step.key for step in steps if step.action in {"change", "remove"}}
    for step in steps:
        if step.action == "stop":
            assert step.key in touched or declared[step.key][STATE] == "Stopped"
        if step.action == "start":
            assert declared[step.key].get(STATE) == "Started" or deployed[step.key][STATE] == "Started"


@given(DEPLOYED, st.sets(st.sampled_from(MADE)))
def test_a_kind_without_a_folder_stays(deployed: dict[Key, Properties], kinds: set[str]) -> None:
    try:
        steps = changes({}, deployed, kinds)
    except DeclarationError:
        gone = {key for key in deployed if key[0] in kinds}
        assert any(set(needs(deployed[key])) & gone for key in deployed if key[0] not in kinds)
        return
    model = Model(deployed)
    for step in steps:
        model.do(step)
    assert model.held == {key: properties for key, properties in deployed.items() if key[0] not in kinds}


@given(DEPLOYED)
def test_what_the_service_adds_is_no_change(deployed: dict[Key, Properties]) -> None:
    declared = {
        key: {name: value for name, value in properties.items() if value != [] and name != STATE}
        | ({"policy": {}, "note": None} if key[0] == "pipeline" else {})
        for key, properties in deployed.items()
    }
    told = {
        key: properties | {"annotations": [], "lastPublishTime": "2026-11-01T00:00:00Z", "policy": {"retry": 0}}
        for key, properties in deployed.items()
    }
    assert changes(declared, told, set(KINDS)) == []


def test_a_global_parameter_may_be_called_as_a_remark_of_the_service() -> None:
    key = ("globalParameters", "default")
    (step,) = changes({key: {"state": {"value": "on"}}}, {key: {"state": {"value": "off"}}}, set(KINDS))
    assert (step.action, step.key) == ("change", key)


def test_a_circle_and_a_missing_reference_are_refused() -> None:
    a, b = ("pipeline", "a"), ("pipeline", "b")
    with pytest.raises(
        DeclarationError, match="in a circle: pipeline/a -> pipeline/b -> pipeline/a|b -> pipeline/a -> pipeline/b"
    ):
        in_order({a: {"of": reference(b)}, b: {"of": reference(a)}})
    with pytest.raises(DeclarationError, match="azure/adf/pipeline/a.json: it refers to pipeline/b, which isn't there"):
        changes({a: {"of": reference(b)}}, {}, set(KINDS))
