"""Frames: cut from any chunks, refused where they are none."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.workers import wire

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
MESSAGES = st.fixed_dictionaries({"type": st.text(), "value": JSON})


@given(messages=st.lists(MESSAGES, max_size=4), data=st.data())
def test_feed_gives_every_message_however_it_is_cut(messages, data):
    """What was encoded comes out again, whatever the chunks."""
    stream = b"".join(wire.encode(message) for message in messages)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    edges = [0, *sorted(cuts), len(stream)]
    reader = wire.FrameReader()
    found = []
    for start, end in pairwise(edges):
        message = reader.feed(stream[start:end])
        while message is not None:
            found.append(message)
            message = reader.feed(b"")

    assert found == messages


@given(message=MESSAGES)
def test_receive_asks_until_the_message_is_whole(message):
    """One byte at a time is enough, and no byte is asked for in vain."""
    stream = iter(wire.encode(message))

    received = wire.receive(wire.FrameReader(), lambda _: bytes([next(stream)]))

    assert received == message
    assert list(stream) == []


@pytest.mark.parametrize(
    "chunk",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\x01{",
        b"\0\0\0\x02[]",
        b"\0\0\0\x02{}",
        b'\0\0\0\x0a{"type":1}',
        b"\0\0\0\x02\xff\xff",
    ],
    ids=["too long", "not JSON", "a list", "no type", "type a number", "not UTF-8"],
)
def test_feed_refuses_what_is_no_frame(chunk):
    """Anything but an object with a type is an error, not a message."""
    with pytest.raises(wire.WireError):
        wire.FrameReader().feed(chunk)


def test_receive_gives_none_at_the_end():
    """The end of the stream is no message."""
    assert wire.receive(wire.FrameReader(), lambda _: b"") is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x", {(1,): 1}])
def test_encode_refuses_what_json_cannot_say(value):
    """NaN and the infinities are no JSON either."""
    with pytest.raises((TypeError, ValueError)):
        wire.encode({"type": "returned", "value": value})


def test_encode_refuses_frames_over_the_limit():
    """The length field is bounded on the way out too."""
    with pytest.raises(wire.WireError):
        wire.encode({"type": "x", "value": "a" * wire.MAX_FRAME_BYTES})


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        (["a.py"], ["a.py", "notes.txt"], True),
        (["a.py"], ["a.py", "__pycache__"], True),
        (["a.py"], ["a.py", ".a.py.swp"], True),
        (["a.py", "b.py"], ["b.py", "a.py"], True),
        (["a.py"], ["a.py", "b.py"], False),
        (["a.py"], ["a.py", "package"], False),
        (["a.py"], ["a.py", "data.json"], True),
        (["a.py"], ["a.py", "fast.cpython-311-x86_64-linux-gnu.so"], False),
        (["a.py"], [], False),
    ],
)
def test_names_digest_counts_what_can_be_imported(before, after, is_same):
    """Only names that an import could mean change the digest."""
    assert (wire.names_digest(before) == wire.names_digest(after)) is is_same


def test_folder_digest_counts_no_data(tmp_path):
    """A file without a dot is data, a folder a package; what is gone holds nothing."""
    gone = wire.folder_digest(str(tmp_path / "gone"))
    empty = wire.folder_digest(str(tmp_path))
    (tmp_path / "upload-1").write_text("data")
    with_data = wire.folder_digest(str(tmp_path))
    (tmp_path / "package").mkdir()

    assert gone == empty == with_data
    assert wire.folder_digest(str(tmp_path)) != empty


@pytest.mark.parametrize(
    ("name", "is_same"),
    [
        (".a.py.swp", True),
        ("a.py~", True),
        ("__pycache__", True),
        ("notes.txt", False),
        ("upload-1", False),
    ],
)
def test_listing_digest_counts_all_but_remnants(tmp_path, name, is_same):
    """What editors and Python leave behind changes no list of files."""
    gone = wire.listing_digest(str(tmp_path / "gone"))
    empty = wire.listing_digest(str(tmp_path))
    (tmp_path / name).write_text("")

    assert gone == empty
    assert (wire.listing_digest(str(tmp_path)) == empty) is is_same


def test_presence_digest_tells_files_from_folders(tmp_path):
    """A name that no file can have is of nothing."""
    (tmp_path / "file").write_text("")

    found = [wire.presence_digest(f"{tmp_path}{name}") for name in ("", "/file", "/a")]
    assert found == ["folder", "file", ""]
    assert wire.presence_digest("a\0b") == ""
