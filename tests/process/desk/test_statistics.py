"""Figures on the desk, as CSV, and for Prometheus: the same, and nothing below five in any of them."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from bot.dialogue.client import Engine
from bot.domain.model import CaseChange, EngineReply, EngineTurn, Urgency
from bot.understanding.acts.model import Acts, ActsModel
from bot.web import errors, metrics
from tests.support.office import Office, Visitor


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
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that asks back what "hm" means, and answers everything else as a question under a topic, with a button
    for who asked something else too; "no, the other" is a correction."""

    async def message(_: Engine, alias: str, text: str, *__: object, **___: object) -> EngineTurn:
        if text == "hm":
            return EngineTurn("shelter", 0.2, (EngineReply("clarify"),))
        values = {"topic": "documents_taken/get_back", "more": ["shelter"]}
        return EngineTurn("documents_taken", 0.9, (EngineReply("answer", values),))

    def read(_: ActsModel, text: str, *__: object) -> Acts:
        return Acts(follow_up=("correct", 0.9)) if text == "no, the other" else Acts()

    monkeypatch.setattr(Engine, "message", message)
    monkeypatch.setattr(ActsModel, "read", read)


async def test_what_was_not_understood_is_counted_once_for_a_conversation(office: Office, missing: None) -> None:
    """By topic and by language, from five conversations on; no turn of one person makes five."""
    noor = await office.caseworker("Noor")

    async def shown() -> dict[str, dict[str, int | None]]:
        tables = (await noor.get("/desk/api/figures")).json()["tables"]
        return {kind: {line["key"]: line["count"] for line in tables[kind]} for kind in tables if "missed" in kind}

    async def said(person: Visitor, *texts: str) -> None:
        for text in texts:
            await person.write(text)
            await office.tasks.finish(120)

    nothing = {"missed": dict.fromkeys(("unclear", "asked_more", "corrected")), "missed_topic": {"other": None}}
    nothing["missed_language"] = {"other": None}
    for number in range(5):
        person = await office.visitor("sq")
        await said(person, "hm", "hm", "where is my passport?", "no, the other", "no, the other")
        *_, answer = await person.messages()
        (press,) = [choice for choice in answer["choices"] if choice["label"] == "Pyeta edhe diçka tjetër"]
        for _ in range(2):
            body = {"id": str(uuid4()), "choice": press["token"]}
            assert (await person.http.post("/api/choices", json=body, headers=person.headers)).status_code == 202
            await office.tasks.finish(120)
        assert (await shown() == nothing) is (number < 4)
    assert await shown() == {
        "missed": {"unclear": 5, "asked_more": 5, "corrected": 5},
        "missed_topic": {"shelter": 5, "other": None},
        "missed_language": {"sq": 5, "other": None},
    }
    found = await office.store.figures("2026-11")
    assert {of: count for of, count in found.items() if "missed" in of[0]} == {
        ("missed", "unclear"): 5, ("missed", "asked_more"): 5, ("missed", "corrected"): 5,
        ("missed_topic", "shelter"): 5, ("missed_language", "sq"): 5,
    }  # fmt: skip


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
