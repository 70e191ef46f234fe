"""Re-encode one picture in a process of its own: a file on standard input, a JPEG on standard output.

It is run by its path and imports nothing of the gateway. Of Pillow it has three decoders and nothing that looks for
more. Before it reads the first byte it gives away what a hole in a decoder could use: other files, more memory, more
time. What it writes holds pixels and nothing of the file that came: no place, no camera, no comment, no profile.
"""

import io
import resource
import sys
from collections.abc import Callable

from PIL import Image, ImageFile, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL import TiffImagePlugin as _exif_reader  # noqa: F401 - loaded now, for no file can be opened later

MAX_PIXELS = 50_000_000
MEMORY_BYTES = 1024**3
CPU_S = 10

LONGEST_SIDE = 1600
KEPT_BYTES = 400_000
QUALITIES = (82, 70, 55, 40)
SMALLER = 0.7
"""By so much the sides shrink when no quality is small enough."""

NOT_A_PICTURE, BROKEN, TOO_LARGE = 3, 4, 5
"""Exit codes: neither JPEG nor PNG nor WebP by its first bytes; one that cannot be decoded; more pixels than are
taken."""

_DECODERS: dict[bytes, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    b"\xff\xd8\xff": JpegImagePlugin.JpegImageFile,
    b"\x89PNG\r\n\x1a\n": PngImagePlugin.PngImageFile,
    b"RIFF": WebPImagePlugin.WebPImageFile,
}


def decoder_of(data: bytes) -> Callable[[io.BytesIO], ImageFile.ImageFile] | None:
    """Return the decoder for the first bytes of a file, whatever its name says; None for every other kind."""
    if data.startswith(b"RIFF") and data[8:12] != b"WEBP":
        return None
    return next((made for start, made in _DECODERS.items() if data.startswith(start)), None)


def made_anew(data: bytes) -> tuple[int, bytes]:
    """Return the exit code, and the JPEG when it is 0. Raises nothing."""
    decoder = decoder_of(data)
    if decoder is None:
        return NOT_A_PICTURE, b""
    try:
        image: Image.Image = decoder(io.BytesIO(data))
        if image.width * image.height > MAX_PIXELS:
            return TOO_LARGE, b""
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # decoded small: the memory is not of the whole
        image.load()
        return 0, _small(_upright(image))
    except MemoryError:
        return TOO_LARGE, b""
    except Exception:  # noqa: BLE001 - decoders raise whatever they like at a file that was made to be strange
        return BROKEN, b""


def _upright(image: Image.Image) -> Image.Image:
    """The pixels alone, on white where there were none, turned as the camera was held, as EXIF says."""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image = ImageOps.exif_transpose(image)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        clean = Image.new("RGB", image.size, "white")
        clean.paste(image, mask=image.getchannel("A"))
    else:
        clean = Image.new("RGB", image.size)
        clean.paste(image.convert("RGB"))
    return clean


def _small(image: Image.Image) -> bytes:
    """A JPEG of at most `KEPT_BYTES`."""
    while True:
        for quality in QUALITIES:
            out = io.BytesIO()
            image.encoderinfo, image.encoderconfig = {"quality": quality}, ()
            Image.SAVE["JPEG"](image, out, "")  # as `save`, which would first load every decoder there is
            if out.tell() <= KEPT_BYTES:
                return out.getvalue()
        image = image.resize((max(1, int(image.width * SMALLER)), max(1, int(image.height * SMALLER))))


def _bound() -> None:
    """No file more (what is open is input and output), no file written, no core, a bounded memory and time."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 3),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Re-encode standard input to standard output and return the exit code."""
    _bound()
    code, jpeg = made_anew(sys.stdin.buffer.read())
    sys.stdout.buffer.write(jpeg)
    sys.stdout.buffer.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
