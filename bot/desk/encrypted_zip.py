"""A ZIP file that a password opens: AES-256 as WinZip and 7-Zip write it, so that whoever gets it needs no program of
ours. Nothing of it is ever on this machine's disk."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pyzipper


def sealed_zip(files: Mapping[str, str | bytes], password: str) -> bytes:
    """The file; the names in it can be read without the password."""
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, file in files.items():
            archive.writestr(name, file.encode() if isinstance(file, str) else file)
    return out.getvalue()
