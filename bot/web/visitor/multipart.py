"""Reads the one form that sends a file, in memory: readers of libraries write files to the disk in the clear."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r'multipart/form-data; *boundary=(?:"([^"]{1,70})"|([\w\'()+,./:=?-]{1,70}))', re.IGNORECASE)
_NAME = re.compile(rb'^content-disposition: *form-data;.*?\bname="([^"\r\n]{1,40})"', re.IGNORECASE | re.MULTILINE)
MOST_PARTS = 10


def fields_of(content_type: str, body: bytes) -> dict[str, bytes]:
    """Return the fields of a form, a file as its bytes; what is not as browsers send it has no fields. Of a name that
    comes twice the first stands."""
    found = _BOUNDARY.fullmatch(content_type.strip())
    if found is None:
        return {}
    line = b"\r\n--" + (found[1] or found[2]).encode("latin-1", "replace")
    fields: dict[str, bytes] = {}
    for part in (b"\r\n" + body).split(line, MOST_PARTS + 1)[1 : MOST_PARTS + 1]:
        if part.startswith(b"--"):
            break
        head, gap, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if gap and name is not None:
            fields.setdefault(name[1].decode("utf-8", "replace"), value)
    return fields
