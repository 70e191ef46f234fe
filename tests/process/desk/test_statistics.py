"""Figures on the desk, as CSV, and for Prometheus: the same, and nothing below five in any of them."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.model import CaseChange, Urgency
from bot.web import errors, metrics
from tests.support.office import Office


async def a_month(office: Office) -> None:
    """Seven emergencies and two urgent ones, six of the first claimed; conversations in Dutch and one in Albanian."""
    for number in range(9):
        new = await office.store.create_conversation("nl")
        change = CaseChange(Urgency.EMERGENCY if number < 7 else Urgency.URGENT)
        await office.store.accept(new.person, "m", "help", case=change)
        await office.store.count_conversation(new.person, "nl" if number else "sq", "shelter")
    office.clock.pass_by(minutes=4)
    for case in (await office.store.queue())[:6]:
        await office.store.claim(case.id, office.colleagues[0].id)


async def test_what_a_coordinator_sees(office: Office) -> None:
    noor = await office.caseworker("Noor")
    assert (await noor.get("/desk/api/figures")).json()["months"] == []
    await a_month(office)
    found = (await noor.get("/desk/api/figures", params={"lang": "nl"})).json()
    assert (found["months"], found["month"]) == (["2026-11"], "2026-11")
    lines = {kind: {line["key"]: line["count"] for line in table} for kind, table in found["tables"].items()}
    assert lines["urgency"] == {"none": None, "urgent": None, "emergency": 5}
    assert lines["language"] == {"nl": 5, "other": None}
    assert lines["acknowledged"] == {"0": None, "1": 5, "2": None, "3": None, "4": None}
    assert lines["handoff"]["claimed"] == 5
    assert found["topics"] == {"shelter": office.words.topic_label("shelter", "nl")}
    (busy,) = [line for line in found["tables"]["wait"] if line["count"]]
    assert busy == {"key": "10", "count": 5, "middle": "1"}


async def test_the_file_says_the_same(office: Office) -> None:
    noor = await office.caseworker("Noor")
    await a_month(office)
    answer = await noor.get("/desk/api/figures/csv", params={"month": "2026-11"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["count"] for row in rows} == {"<5", "5"}
    assert [row["count"] for row in rows if row["table"] == "urgency"] == ["<5", "<5", "5"]


@pytest.mark.parametrize("month", ["2026-13", "2026", "2026-11-03", "x", "2026-11' OR 1=1"])
async def test_only_whole_months_can_be_asked_for(office: Office, month: str) -> None:
    noor = await office.caseworker("Noor")
    assert (await noor.get("/desk/api/figures", params={"month": month})).status_code == 422


@pytest.fixture
async def scraper(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    errors.install(app)
    app.include_router(metrics.router(office.store, "s3cret"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        yield client


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "s3cret"}])
async def test_without_the_token_there_are_no_metrics(scraper: httpx.AsyncClient, sent: dict[str, str]) -> None:
    answer = await scraper.get("/metrics", headers=sent)
    assert answer.status_code == 401 and "inloop_figure" not in answer.text


async def test_prometheus_reads_the_same(office: Office, scraper: httpx.AsyncClient) -> None:
    await office.caseworker("Noor")
    await a_month(office)
    answer = await scraper.get("/metrics", headers={"Authorization": "Bearer s3cret"})
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    (sample,) = families["inloop_figure_urgency"].samples
    assert (sample.labels, sample.value) == ({"month": "2026-11", "line": "emergency"}, 5.0)
    values = {sample.value for family in families.values() for sample in family.samples}
    assert values == {5.0}
