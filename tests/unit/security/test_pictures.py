"""A picture is made anew: nothing of the file is left but what one sees, and no file can do more than be refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from bot.security.picture_worker import LONGEST_SIDE, MAX_PIXELS
from bot.security.picture_worker import TOO_LARGE as ITS_TOO_LARGE
from bot.security.pictures import KEPT_BYTES, MAX_BYTES, TOO_LARGE, WORKER, Darkroom, PictureRefused
from tests.support.pictures import CANARY, noise, picture

FORMATS = ("JPEG", "PNG", "WEBP")

assert ITS_TOO_LARGE == TOO_LARGE


@pytest.mark.parametrize("kind", FORMATS)
async def test_only_what_one_sees_is_left(kind: str) -> None:
    given = picture(kind)
    assert given.count(CANARY) >= 2, "the search itself does not work"
    made = await Darkroom().made_anew(given)
    assert CANARY not in made
    image = Image.open(BytesIO(made))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    red, green, blue = image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert red > 200 and green < 60 and blue < 60


async def test_it_stands_as_the_camera_was_held() -> None:
    made = Image.open(BytesIO(await Darkroom().made_anew(picture("JPEG", (60, 40), orientation=6))))
    assert made.size == (40, 60)


async def test_it_is_small_whatever_came() -> None:
    given = noise(3000, 2000)
    assert len(given) > KEPT_BYTES
    made = await Darkroom().made_anew(given)
    assert len(made) <= KEPT_BYTES
    assert max(Image.open(BytesIO(made)).size) <= LONGEST_SIDE


async def test_what_is_clear_stands_on_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    made = Image.open(BytesIO(await Darkroom().made_anew(out.getvalue())))
    assert made.getpixel((5, 5)) == (255, 255, 255)


def _png_of(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels and is a few bytes long."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"", "picture_kind"),
        (b"GIF89a" + bytes(50), "picture_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_kind"),
        (b"RIFF\x00\x00\x00\x00WAVE", "picture_kind"),
        (b"\xff\xd8\xff" + bytes(200), "picture_kind"),
        (picture("JPEG")[:300], "picture_kind"),
        (picture("WEBP")[:60], "picture_kind"),
        (_png_of(100_000, 100_000), "picture_large"),
        (_png_of(10, MAX_PIXELS), "picture_large"),
        (b"\xff\xd8\xff" + bytes(MAX_BYTES), "picture_large"),
    ],
)
async def test_what_is_refused_has_a_name(given: bytes, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        await Darkroom().made_anew(given)
    assert refused.value.code == code


async def test_a_text_that_unpacks_to_very_much_is_refused() -> None:
    more = PngImagePlugin.PngInfo()
    more.add_text("comment", "x" * 80_000_000, zip=True)
    out = BytesIO()
    Image.new("RGB", (5, 5)).save(out, "PNG", pnginfo=more)
    with pytest.raises(PictureRefused):
        await Darkroom().made_anew(out.getvalue())


async def test_a_decoder_that_does_not_end_is_ended(tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import signal\nsignal.pause()\n", encoding="utf-8")
    with pytest.raises(PictureRefused) as refused:
        await Darkroom(0.2, slow).made_anew(picture("JPEG"))
    assert refused.value.code == "picture_kind"


async def test_what_runs_beside_the_decoder_can_open_no_file_and_has_no_secret(tmp_path: Path) -> None:
    """The worker itself, with a line after its limits that tries what a hole in a decoder would."""
    source = WORKER.read_text(encoding="utf-8")
    tries = (
        "    _bound()\n    import os\n    assert not set(os.environ) - {'LC_CTYPE'}\n"
        "    try:\n        open(__file__)\n    except OSError:\n        return 0\n"
    )
    other = tmp_path / "worker.py"
    other.write_text(source.replace("    _bound()\n", tries, 1), encoding="utf-8")
    code, _ = await Darkroom(worker=other)._run(picture("JPEG"))
    assert code == 0
