"""Keys against an independent implementation of xxHash64."""

from __future__ import annotations

import struct

import xxhash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplake.gold.keys import durable_key, version_key
from shoplake.lake import Engine

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=10)


def expected(*parts: str) -> int:
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return int(struct.unpack("<q", struct.pack("<Q", xxhash.xxh64_intdigest(framed.encode(), seed=42)))[0])


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ids=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=50))
def test_keys_are_the_published_hash_of_the_framed_text(engine: Engine, ids: list[tuple[str, str]]) -> None:
    rows = engine.createDataFrame(ids, "source string, customer_id string")
    found = rows.select(durable_key("source", "customer_id"), version_key("source", "customer_id")).collect()
    assert [row[0] for row in found] == [expected(*pair) for pair in ids]
    assert [row[1] for row in found] == [expected(*pair, "1900-01-01") for pair in ids]


def test_frames_keep_neighbours_apart_and_null_is_minus_one(engine: Engine) -> None:
    rows = engine.createDataFrame([("a", "bc"), ("ab", "c"), ("a", None)], "source string, id string")
    found = [row[0] for row in rows.select(durable_key("source", "id")).collect()]
    assert found[0] != found[1]
    assert found[2] == -1
