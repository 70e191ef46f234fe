"""The tiny real packages, installed once; and a gateway that has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.translation import install
from tests.support.caseworker import Caseworker, first
from tests.support.gateway import ROOT, Gateway, running
from tests.support.ports import free_port

ARCHIVES = sorted((ROOT / "tests/support/translation").glob("*.argosmodel"))


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the installed packages: nl and ro, to and from English."""
    folder = tmp_path_factory.mktemp("packages")
    for archive in ARCHIVES:
        install(archive, folder)
    return folder


@pytest.fixture(scope="module")
def translating(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with the packages and without an engine: translation needs none."""
    env = {"INLOOP_TRANSLATION_DIR": str(packages), "INLOOP_LOG_LEVEL": "DEBUG"}
    with running(tmp_path_factory.mktemp("translating"), free_port(), engine=False, env=env) as started:
        yield started


@pytest.fixture(scope="module")
def colleague(translating: Gateway) -> Caseworker:
    return first(translating)
