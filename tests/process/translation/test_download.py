"""`inloop languages add ro` from a list over HTTPS on this machine: what is fetched is compared with the list's
checksum, or it is said that there was none; what cannot be fetched or written is said, and what was there stays."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import json
import os
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.translation import install, scan
from tests.support.gateway import INLOOP, ROOT

PAIRS = (("ro", "en"), ("en", "ro"))
Add = Callable[..., subprocess.CompletedProcess[str]]


def archive(source: str, target: str) -> Path:
    return ROOT / f"tests/support/translation/translate-{source}_{target}-0_1.argosmodel"


class Index(ThreadingHTTPServer):
    """A list of packages and the packages; `moved`: paths that are elsewhere, by their new address."""

    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.server_port}"
        self.files = {f"/{source}_{target}": archive(source, target).read_bytes() for source, target in PAIRS}
        self.moved: dict[str, str] = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def lists(self, checksums: Mapping[str, str]) -> None:
        """The list as Argos' own is, and with a checksum for those that have one."""
        entries = []
        for source, target in PAIRS:
            name = f"{source}_{target}"
            entry = {"package_version": "0.1", "from_code": source, "to_code": target, "links": [f"{self.url}/{name}"]}
            entries.append(entry | ({"sha256": checksums[name]} if name in checksums else {}))
        self.files["/index.json"] = json.dumps(entries).encode()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        elsewhere, content = self.server.moved.get(self.path), self.server.files.get(self.path)
        self.send_response(302 if elsewhere else 404 if content is None else 200)
        if elsewhere:
            self.send_header("Location", elsewhere)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # who does not trust the certificate, or has no room, goes away
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "127.0.0.1.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def index(certificate: Path) -> Iterator[Index]:
    server = Index(certificate)
    yield server
    server.end()


@pytest.fixture
def add(index: Index, certificate: Path) -> Add:
    """Fetches Romanian into `folder`; `before`: a command that it runs in."""

    def run(folder: Path, *before: str, **more: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("INLOOP_")}
        env |= {"INLOOP_TRANSLATION_DIR": str(folder), "SSL_CERT_FILE": str(certificate), "COLUMNS": "200", **more}
        return subprocess.run(
            [*before, str(INLOOP), "languages", "add", "ro", "--index", f"{index.url}/index.json"],
            capture_output=True, text=True, cwd=ROOT, check=False, timeout=120, env=env,
        )  # fmt: skip

    return run


def digests() -> dict[str, str]:
    return {f"{a}_{b}": hashlib.sha256(archive(a, b).read_bytes()).hexdigest() for a, b in PAIRS}


def there(folder: Path) -> list[str]:
    return [f"{package.source}_{package.target}" for package in scan(folder, thorough=True) if not package.fault]


def test_both_directions_arrive_with_progress_as_the_list_says(index: Index, add: Add, tmp_path: Path) -> None:
    index.lists(digests())
    done = add(tmp_path / "packages")
    assert done.returncode == 0, done.stderr
    assert there(tmp_path / "packages") == ["en_ro", "ro_en"]
    for source, target in PAIRS:
        assert f"translate-{source}_{target} " in done.stderr
        assert digests()[f"{source}_{target}"] in done.stderr
    assert done.stderr.count("1.2/1.2 MB") == 2, done.stderr
    assert done.stderr.count("as the list says") == 2
    assert "no checksum" not in done.stderr


def test_without_a_published_checksum_it_is_said_of_each_package(index: Index, add: Add, tmp_path: Path) -> None:
    """As Argos' list is."""
    index.lists({"en_ro": digests()["en_ro"]})
    done = add(tmp_path / "packages")
    assert done.returncode == 0, done.stderr
    assert there(tmp_path / "packages") == ["en_ro", "ro_en"]
    assert done.stderr.count("The list publishes no checksum for ro -> en") == 1, done.stderr
    assert "no checksum for en -> ro" not in done.stderr


def test_another_file_than_the_list_says_is_not_installed_and_the_old_one_stays(
    index: Index, add: Add, tmp_path: Path
) -> None:
    index.lists(digests() | {"ro_en": "0" * 64})
    install(archive("ro", "en"), tmp_path / "packages")
    done = add(tmp_path / "packages")
    assert done.returncode == 1
    assert "checksum" in done.stderr
    assert there(tmp_path / "packages") == ["ro_en"]


def test_a_list_that_nobody_vouches_for_is_not_read(index: Index, add: Add, tmp_path: Path) -> None:
    index.lists(digests())
    done = add(tmp_path / "packages", SSL_CERT_FILE="")
    assert done.returncode == 1
    assert "could not be read (ConnectError)" in done.stderr
    assert there(tmp_path / "packages") == []


@pytest.mark.parametrize(
    ("what", "says"),
    [("/index.json", "the list of packages could not be read"), ("/ro_en", "ro_en.argosmodel could not be fetched")],
)
def test_nobody_is_led_from_https_to_a_plain_address(
    index: Index, add: Add, tmp_path: Path, what: str, says: str
) -> None:
    plain = Index()
    index.lists(digests())
    plain.files["/index.json"] = index.files["/index.json"]
    index.moved[what] = plain.url + what
    done = add(tmp_path / "packages")
    plain.end()
    assert done.returncode == 1
    assert says in done.stderr
    assert there(tmp_path / "packages") == []


def of_its_own(*script: str) -> tuple[str, ...]:
    """A command that runs what follows it where `script` may mount things and nobody else sees it. Without it the test
    is skipped, but not in CI: nobody would see it there."""
    command = ("unshare", "--map-root-user", "--mount", "sh", "-ec", *script)
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        without = pytest.fail if "CI" in os.environ else pytest.skip
        without("this kernel lets nobody mount something of their own")
    return command


SMALL = 'mount -t tmpfs -o size="$1" tmpfs "$2"; shift 2; exec "$@"'
COPIED = 'cp -r "$1" "$2"; shift 2; "$@" || code=$?; ls "$0"/*/model/model.bin; ls -A "$0" | wc -l; exit ${code:-0}'
NOWHERE = 'for place in /tmp /var/tmp "$PWD"; do mount -o bind,ro "$place" "$place"; done; cd "$PWD"; exec "$@"'


def test_a_full_disk_is_said_when_it_is_fetched(index: Index, add: Add, tmp_path: Path) -> None:
    index.lists(digests())
    small, packages = tmp_path / "small", tmp_path / "packages"
    small.mkdir()
    install(archive("ro", "en"), packages)
    inode = (packages / "translate-ro_en-0_1").stat().st_ino
    done = add(packages, *of_its_own(SMALL, "sh", "500k", str(small)), TMPDIR=str(small))
    assert done.returncode == 1
    assert "translate-ro_en.argosmodel could not be written" in done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert there(packages) == ["ro_en"]
    assert (packages / "translate-ro_en-0_1").stat().st_ino == inode, "the old one, untouched"


def test_a_full_disk_is_said_when_it_is_unpacked_and_the_old_one_stays(index: Index, add: Add, tmp_path: Path) -> None:
    index.lists(digests())
    small, packages = tmp_path / "small", tmp_path / "packages"
    small.mkdir()
    install(archive("ro", "en"), packages)
    kept = str(small / "kept")
    own = of_its_own(SMALL, "sh", "2000k", str(small))
    done = add(small / "kept", *own, "sh", "-ec", COPIED, kept, str(packages), kept)
    assert done.returncode == 1
    assert "translate-ro_en.argosmodel: No space left on device" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.split() == [f"{kept}/translate-ro_en-0_1/model/model.bin", "1"], "nothing half-made is left"


def test_a_folder_that_cannot_be_written_is_said(index: Index, add: Add, tmp_path: Path) -> None:
    index.lists(digests())
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = add(tmp_path / "file" / "packages")
    assert done.returncode == 1
    assert "translate-ro_en.argosmodel: Not a directory" in done.stderr
    assert "Traceback" not in done.stderr
    done = add(tmp_path / "packages", *of_its_own(NOWHERE, "sh"))
    assert done.returncode == 1
    assert "no place for temporary files" in done.stderr
    assert "Traceback" not in done.stderr
