"""Pictures for tests, which hold more than one sees: a place, a comment and a text of their maker's."""

from __future__ import annotations

import random
from io import BytesIO

from PIL import Image, PngImagePlugin

CANARY = b"kanarie-op-de-foto"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), orientation: int = 1) -> bytes:
    """A red picture with `CANARY` in its EXIF, GPS, XMP, and wherever else its `kind` has room."""
    text = CANARY.decode()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x0110] = orientation, text, text
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4], gps[0x1B] = "N", (51.0, 13.0, 7.0), "E", (4.0, 24.0, 9.0), CANARY
    image, out = Image.new("RGB", size, (255, 0, 0)), BytesIO()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + CANARY + b"</x:xmpmeta>"
    if kind == "JPEG":
        image.save(out, kind, exif=exif, comment=CANARY, xmp=xmp)
        return out.getvalue() + CANARY  # and after its end
    if kind == "PNG":
        more = PngImagePlugin.PngInfo()
        more.add_text("Comment", text)
        more.add_itxt("XML:com.adobe.xmp", xmp.decode())
        image.save(out, kind, exif=exif, pnginfo=more)
        return out.getvalue()
    image.save(out, kind, exif=exif, xmp=xmp, lossless=True)
    return out.getvalue()


def noise(width: int, height: int) -> bytes:
    """A picture that no JPEG makes small."""
    image, out = Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3)), BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()
