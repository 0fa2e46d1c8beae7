"""Lines that show their own damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.tables.records import encode_record, read_records

RECORDS = [{"op": "a", "n": 1}, {"op": "b", "text": "line\nfeed é"}, {"op": "c"}]
WHOLE = b"".join(encode_record(record) for record in RECORDS)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=10,
)


def test_a_line_is_checksum_and_json() -> None:
    """A person can read it, and check it with any CRC-32."""
    assert encode_record({"op": "End"}) == b'50a40df5 {"op":"End"}\n'


@given(st.lists(st.dictionaries(st.text(), json_values, max_size=4), max_size=6))
def test_what_is_written_is_read(records: list[dict[str, object]]) -> None:
    """Any text is kept, line feeds and lone surrogates too."""
    content = b"".join(encode_record(record) for record in records)  # type: ignore[arg-type]

    reading = read_records(content)

    assert list(reading.records) == records
    assert reading.damaged_lines == ()
    assert (reading.end, reading.torn_bytes) == (len(content), 0)


@pytest.mark.parametrize("length", range(len(WHOLE) + 1))
def test_a_file_cut_anywhere_gives_what_was_whole(length: int) -> None:
    """The records before the cut are there, and nothing else is."""
    reading = read_records(WHOLE[:length])

    assert list(reading.records) == RECORDS[: WHOLE[:length].count(b"\n")]
    assert reading.end + reading.torn_bytes == length
    assert reading.damaged_lines == ()


@pytest.mark.parametrize(
    "tail",
    [
        b"\0" * 5000,
        encode_record(RECORDS[0])[:20] + b"\0",
        encode_record(RECORDS[0])[:-1] + b"\0",
        encode_record(RECORDS[0])[:-1] + b"J",
        encode_record(RECORDS[0])[:-1] + encode_record(RECORDS[1])[:-1],
        b"00000000[",
        b'{"op":"a"}',
        b"\xff",
    ],
)
def test_what_no_write_cut_short_leaves_is_damage(tail: bytes) -> None:
    """Zeros are what a power failure leaves, and a line feed can be damaged too."""
    for content, line in ((tail, 1), (WHOLE + tail, 4)):
        reading = read_records(content)

        assert len(reading.records) == line - 1
        assert reading.damaged_lines == (line,)
        assert (reading.end, reading.torn_bytes) == (len(content), 0)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_no_changed_byte_is_taken_for_what_was_written(place: int, change: int) -> None:
    """Damage costs the lines it touches, is told, and never gives other records."""
    content = bytearray(WHOLE)
    content[place] ^= change

    reading = read_records(bytes(content))

    assert all(record in RECORDS for record in reading.records)
    assert len(reading.records) < len(RECORDS)
    assert reading.damaged_lines or reading.torn_bytes


@given(st.binary(max_size=200))
def test_any_bytes_are_read(content: bytes) -> None:
    """Whatever a disk gives back, there is an answer."""
    reading = read_records(content)

    assert reading.end + reading.torn_bytes == len(content)
