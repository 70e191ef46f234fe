"""Whatever somebody sends as a picture or as the form that holds one: made anew or refused by name."""

from __future__ import annotations

from io import BytesIO

from hypothesis import strategies as st
from PIL import Image

from bot.security.picture_worker import BROKEN, KEPT_BYTES, NOT_A_PICTURE, TOO_LARGE, made_anew
from bot.web.visitor.multipart import MOST_PARTS, fields_of
from tests.support.pictures import CANARY, picture
from tests.unit.fuzz.conftest import Run

WHOLE = [picture(kind, (24, 16)) for kind in ("JPEG", "PNG", "WEBP")]
HEADS = [one[:size] for one in WHOLE for size in (3, 12, 30)]


@st.composite
def hostile(draw: st.DrawFn) -> bytes:
    """A real file with some bytes changed, cut off, doubled or put in; or the beginning of one before anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(HEADS)) + draw(st.binary(max_size=300))
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        at, how = draw(st.integers(0, len(data))), draw(st.integers(0, 3))
        some = draw(st.binary(min_size=1, max_size=8))
        if how == 0:
            data[at : at + len(some)] = some
        elif how == 1:
            data[at:at] = some
        elif how == 2:
            del data[at : at + draw(st.integers(1, 200))]
        else:
            data[at:at] = data[draw(st.integers(0, len(data))) :][:200]
    return bytes(data)


def test_pictures(fuzz: Run) -> None:
    def read(data: bytes) -> None:
        code, made = made_anew(data)
        assert code in {0, NOT_A_PICTURE, BROKEN, TOO_LARGE}
        assert bool(made) is (code == 0)
        if made:
            assert len(made) <= KEPT_BYTES
            assert CANARY not in made
            assert Image.open(BytesIO(made)).format == "JPEG"

    fuzz("pictures", hostile(), read, 10_000)


def test_forms_with_a_file(fuzz: Run) -> None:
    part = st.sampled_from([b"--b\r\n", b"\r\n--b\r\n", b"\r\n--b--", b"\r\n\r\n", b'name="slip"', b"--", b"\x00"])
    header = st.sampled_from(
        ["multipart/form-data; boundary=b", 'multipart/form-data; boundary="b"', "multipart/form-data", "", "x" * 300]
    )
    disposition = st.just(b'Content-Disposition: form-data; name="picture"; filename="\xff"\r\n\r\n')
    body = st.lists(st.one_of(part, disposition, st.binary(max_size=20)), max_size=30).map(b"".join)

    def read(given: tuple[str, bytes]) -> None:
        fields = fields_of(*given)
        assert len(fields) <= MOST_PARTS
        assert all(value in given[1] for value in fields.values())

    fuzz("forms with a file", st.tuples(header, body), read, 5000)
