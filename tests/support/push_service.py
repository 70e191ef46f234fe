"""A push service on loopback, with TLS, and browsers of it: it takes messages as the real ones do (RFC 8030), and each
browser opens its own (RFC 8291). Well, gone, refusing, redirecting, or silent."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.security.push_message import CURVE, base64url, content_keys, public_bytes

HOST = "push.example.org"
CREATED, GONE, REFUSES, REDIRECTS, FLOODS, HANGS = 201, 410, 403, 307, 200, 0


@dataclass
class Browser:
    """One that has subscribed: it alone can open what is sent to it."""

    name: str
    auth: bytes = b"a" * 16
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))

    @property
    def endpoint(self) -> str:
        return f"https://{HOST}/send/{self.name}"

    @property
    def public(self) -> bytes:
        return public_bytes(self.key)

    @property
    def body(self) -> dict[str, str]:
        """What its page tells the gateway."""
        return {"endpoint": self.endpoint, "public": base64url(self.public), "auth": base64url(self.auth)}

    def opened(self, sent: bytes) -> Any:
        salt, length = sent[:16], sent[20]
        sender, sealed = sent[21 : 21 + length], sent[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        key, nonce = content_keys(shared, self.auth, salt, self.public, sender)
        return json.loads(AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00").removesuffix(b"\x02"))


@dataclass
class Sent:
    """One request: to which browser, its headers in small letters, its body."""

    to: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    trust: ssl.SSLContext
    port: int = 0
    moods: dict[str, int] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)

    async def resolve(self, host: str) -> tuple[str, int]:
        """In place of the internet's names."""
        self.looked_up.append(host)
        return "127.0.0.1", self.port

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            to = first.split(" ")[1].rpartition("/")[2]
            self.sent.append(Sent(to, headers, await reader.readexactly(int(headers["content-length"]))))
            mood = self.moods.get(to, CREATED)
            if mood == HANGS:
                await reader.read()  # until the caller hangs up
                return
            size = 10**12 if mood == FLOODS else 0
            head = f"HTTP/1.1 {mood} Said\r\nContent-Length: {size}\r\n"
            writer.write((head + f"Location: https://{HOST}/send/elsewhere\r\nConnection: close\r\n\r\n").encode())
            await writer.drain()
            while mood == FLOODS:
                writer.write(b"x" * 65536)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def push_service(folder: Path) -> AsyncIterator[PushService]:
    serving, trusting = _contexts(folder)
    made = PushService(trusting)
    server = await asyncio.start_server(made.take, "127.0.0.1", 0, ssl=serving)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        with contextlib.suppress(TimeoutError):
            await server.wait_closed()


def signed(header: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """The two halves of a VAPID header whose signature holds, and the key that signed them. Raises if it does not."""
    fields = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    said, _, signature = fields["t"].rpartition(".")
    raw, key = _raw(signature), _raw(fields["k"])
    asn1 = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key).verify(asn1, said.encode(), ec.ECDSA(hashes.SHA256()))
    head, claims = (json.loads(_raw(part)) for part in said.split("."))
    return head, claims, key


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server of `HOST`, and a client that trusts its certificate alone."""
    key, name = ec.generate_private_key(CURVE), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "push.crt", folder / "push.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, private)
    return serving, ssl.create_default_context(cafile=str(certificate))
