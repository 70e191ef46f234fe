"""What is in Inloop: an SBOM (CycloneDX 1.5, JSON) of each lock, and the list of licences.

    python3 scripts/sbom.py              # writes dist/sbom-gateway.cdx.json and dist/sbom-engine.cdx.json
    python3 scripts/sbom.py --licences   # prints the list of licences, as a Markdown table

Out of `uv.lock` and `engine/uv.lock`, without a network; development tools are left out. Licences are what the
installed packages say of themselves (`make sync` first). Standard library only (Python 3.11 or newer).
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = {"gateway": ROOT, "engine": ROOT / "engine"}
LONGEST = 60
"""Characters; some packages put the whole text of the licence where its name belongs."""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(project: Path) -> list[dict[str, Any]]:
    """Every package that the project needs to run, of its lock, by name."""
    packages: dict[str, list[dict[str, Any]]] = {}
    for package in tomllib.loads((project / "uv.lock").read_text(encoding="utf-8"))["package"]:
        packages.setdefault(package["name"], []).append(package)
    (own,) = [p for several in packages.values() for p in several if set(p["source"]) & {"editable", "virtual"}]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    seen: set[tuple[str, str]] = set()
    waiting = list(own.get("dependencies", ()))
    while waiting:
        wanted = waiting.pop()
        for package in packages[wanted["name"]]:
            if wanted.get("version", package["version"]) != package["version"]:
                continue
            found[package["name"], package["version"]] = package
            for extra in ("", *wanted.get("extra", ())):
                if (package["name"] + package["version"], extra) not in seen:
                    seen.add((package["name"] + package["version"], extra))
                    more = package.get("optional-dependencies", {}).get(extra, ()) if extra else ()
                    waiting += [*package.get("dependencies", ()), *more]
    return [found[key] for key in sorted(found)]


def licences(project: Path) -> dict[str, str]:
    """What the installed packages say of their licence, by name."""
    found = {}
    for path in (project / ".venv").glob("lib/python3*/site-packages/*.dist-info/METADATA"):
        said = HeaderParser().parsestr(path.read_text(encoding="utf-8", errors="replace"))
        classified = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier", []) if c.startswith("License ::")]
        named = (said.get("License") or "").strip().partition("\n")[0]
        licence = said.get("License-Expression") or "; ".join(classified) or named
        found[canonical(said["Name"])] = licence[:LONGEST] or "not said"
    return found


def sbom(name: str) -> dict[str, Any]:
    """The bill of materials of one project."""
    said = licences(PROJECTS[name])
    components = []
    for package in locked(PROJECTS[name]):
        component: dict[str, Any] = {
            "type": "library", "name": package["name"], "version": package["version"],
            "purl": f"pkg:pypi/{package['name']}@{package['version']}",
        }  # fmt: skip
        files = [*([package["sdist"]] if "sdist" in package else []), *package.get("wheels", ())]
        component["externalReferences"] = [
            {
                "type": "distribution", "url": file["url"],
                "hashes": [{"alg": "SHA-256", "content": file["hash"].removeprefix("sha256:")}],
            }
            for file in files
        ]  # fmt: skip
        if package["name"] in said:
            component["licenses"] = [{"license": {"name": said[package["name"]]}}]
        components.append(component)
    whole = {"type": "application", "name": f"inloop-{name}"}
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": whole},
        "components": components,
    }  # fmt: skip


def table() -> str:
    """The licences of both projects, as Markdown."""
    rows = ["| package | version | licence | of |", "| --- | --- | --- | --- |"]
    for name, project in PROJECTS.items():
        said = licences(project)
        for package in locked(project):
            licence = said.get(package["name"], "not installed on this platform")
            rows.append(f"| {package['name']} | {package['version']} | {licence} | {name} |")
    return "\n".join(rows)


def main() -> int:
    if sys.argv[1:] == ["--licences"]:
        print(table())
        return 0
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    out = ROOT / "dist"
    out.mkdir(exist_ok=True)
    for name in PROJECTS:
        path = out / f"sbom-{name}.cdx.json"
        path.write_text(json.dumps(sbom(name), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
