"""The figures of a real gateway with its real engine: what people asked about, and what their caseworkers did."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.support.caseworker import first
from tests.support.gateway import Visitor, running, wait_for
from tests.support.ports import free_port

pytestmark = pytest.mark.night

TOKEN = "a-token-for-the-scraper"


def test_topics_are_counted_by_conversation_and_shown_from_five_on(tmp_path: Path) -> None:
    with running(tmp_path, free_port(), env={"INLOOP_METRICS_TOKEN": TOKEN}) as gateway:
        noor = first(gateway)

        def counted() -> dict[str, int | None]:
            answer = noor.http.get("/desk/api/figures")
            assert answer.status_code == 200, answer.text
            return {line["key"]: line["count"] for line in answer.json()["tables"]["topic"]}

        def scraped() -> str:
            return httpx.get(gateway.url + "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).text

        for number in range(5):
            person = Visitor(gateway.url, "en")
            if number == 4:
                assert counted() == {"other": None}, "four are not told"
                assert "inloop_figure_topic{" not in scraped()
            person.ask("Is there a safe place where I can live?")
            person.ask("Do you have a safe house?")  # the same conversation once more
        wait_for("five of one topic", lambda: counted().get("shelter") == 5)
        assert 'inloop_figure_topic{line="shelter"' in scraped()
        assert httpx.get(gateway.url + "/metrics", timeout=10).status_code == 401
