"""One case out of the house, over HTTP: with a reason in the log, no more than its person allowed, and sealed."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import httpx
import pytest
import pyzipper

from bot.storage.conversations.form_sheets import put_sheet
from tests.process.desk.test_roles import House, house  # noqa: F401 - a fixture
from tests.support.office import LOCKED_IN, Office

PASSWORD = "vier paarden op een dak"


async def allow(office: Office, case: int, answer: str) -> None:
    """What the person answered to "how may a caseworker use what you tell?", and something in their own words."""
    team = office.colleagues[0].session.team
    person = await office.store.open_case(case, team)
    before = await office.store.sheet(person)
    sheet = replace(before, told={"handoff": {"mode": answer}}, words={"report.where": "Ana's"})
    async with office.store._db.write() as connection:
        await put_sheet(connection, person, sheet, asking=False)


async def export(http: httpx.AsyncClient, number: str, reason: str, **more: str) -> httpx.Response:
    return await http.post("/desk/api/exports", json={"number": number, "reason": reason, "form": "page", **more})


async def exported(found: House) -> list[tuple[str, str, str]]:
    rows = (await found.http["coordinator"].get("/desk/api/audit")).json()["rows"]
    return [(row["actor"], row["detail"], row["reason"]) for row in rows if row["deed"] == "exported"]


@pytest.mark.parametrize("answer", ["", "confidential", "skip"])
async def test_without_consent_nothing_goes_to_others_and_no_row_says_it_did(house: House, answer: str) -> None:  # noqa: F811
    await allow(house.office, house.case, answer)
    for who in ("caseworker", "coordinator"):
        refused = await export(house.http[who], house.number, "handed_on")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_consented")
        assert LOCKED_IN not in refused.text
    assert await exported(house) == []


async def test_without_their_name_nobodys_own_words_go(house: House) -> None:  # noqa: F811
    await allow(house.office, house.case, "anonymous")
    answer = await export(house.http["caseworker"], house.number, "handed_on")
    assert answer.status_code == 200
    assert answer.json()["extent"] == "facts" and answer.json()["messages"] == []
    assert LOCKED_IN not in answer.text and "Ana" not in answer.text and answer.json()["case"]["why"] == []
    assert answer.json()["case"]["signals"] == ["confined"]


async def test_with_consent_all_of_it_goes_with_the_reason_in_the_log(house: House) -> None:  # noqa: F811
    await allow(house.office, house.case, "share")
    answer = await export(house.http["caseworker"], house.number, "handed_on")
    assert LOCKED_IN in {message["text"] for message in answer.json()["messages"]}
    assert await exported(house) == [("Jan", "page", "handed_on")]


async def test_a_zip_is_opened_by_its_password_alone(house: House) -> None:  # noqa: F811
    answer = await export(
        house.http["coordinator"], house.number, "person_asked", form="zip", password=PASSWORD
    )
    assert answer.headers["content-type"] == "application/zip" and house.number in answer.headers["content-disposition"]
    assert LOCKED_IN.encode() not in answer.content
    with pyzipper.AESZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [f"{house.number}.html", f"{house.number}.json"]
        with zipfile.ZipFile(io.BytesIO(answer.content)) as plain:  # read by another: AES-256
            assert {(info.compress_type, info.flag_bits & 1) for info in plain.infolist()} == {(99, 1)}
            assert {info.extra[8] for info in plain.infolist()} == {3}
        for wrong in (None, b"", PASSWORD.upper().encode()):
            with pytest.raises(RuntimeError):
                archive.read(f"{house.number}.json", pwd=wrong)
        found = json.loads(archive.read(f"{house.number}.json", pwd=PASSWORD.encode()))
        page = archive.read(f"{house.number}.html", pwd=PASSWORD.encode()).decode()
    assert LOCKED_IN in {message["text"] for message in found["messages"]}
    assert LOCKED_IN in page and "<script" not in page
    assert await exported(house) == [("Noor", "zip", "person_asked")]


async def test_markup_in_a_message_is_text_in_the_page(house: House) -> None:  # noqa: F811
    person, _ = await house.office.emergency()
    await person.write("<script>alert(1)</script>")
    cases = (await house.http["coordinator"].get("/desk/api/queue")).json()["cases"]
    (number,) = [case["number"] for case in cases if case["number"] != house.number]
    answer = await export(house.http["coordinator"], number, "complaint", form="zip", password=PASSWORD)
    with pyzipper.AESZipFile(io.BytesIO(answer.content)) as archive:
        page = archive.read(f"{number}.html", pwd=PASSWORD.encode()).decode()
    assert "<script>" not in page and "&lt;script&gt;alert" in page


WRONG = [
    *({"password": "fifteen letters"}, {"password": ""}, {"form": "pdf"}),
    *({"reason": "curious"}, {"number": ""}, {"number": "K7\0"}),
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_refused_before_anything_is_read(house: House, wrong: dict[str, str]) -> None:  # noqa: F811
    body = {"number": house.number, "reason": "complaint", "form": "zip", "password": PASSWORD} | wrong
    answer = await house.http["coordinator"].post("/desk/api/exports", json=body)
    assert answer.status_code == 422
    assert PASSWORD not in answer.text
    assert await exported(house) == []


async def test_a_colleagues_case_is_not_exported_by_a_caseworker(house: House) -> None:  # noqa: F811
    eva = await house.office.caseworker("Eva")
    answer = await export(eva, house.number, "complaint")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_owner")
    assert await exported(house) == []
