"""A caseworker has themselves paged in a browser: by choice, where the organisation wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot import content
from bot.settings import Settings
from bot.settings.page_key import page_key
from tests.process.desk.test_cases import code
from tests.support.office import Office, open_office
from tests.support.push_service import HOST, Browser

PATH = "/desk/api/phones"


@pytest.fixture
async def paging(tmp_path: Path, sqlite_template: Path, words: content.Catalogue) -> AsyncIterator[Office]:
    async with open_office(tmp_path, sqlite_template, words, web_push=True, web_push_hosts=[HOST]) as made:
        yield made


async def shown(client: httpx.AsyncClient) -> list[tuple[str, bool]]:
    return [(one["device"], one["here"]) for one in (await client.get(PATH)).json()["phones"]]


async def test_it_is_chosen_listed_and_taken_away(paging: Office, tmp_path: Path) -> None:
    noor, browser = await paging.caseworker("Noor"), Browser("noor")
    assert len((await noor.get(PATH)).json()["key"]) == 87
    assert (await noor.post(PATH, json=browser.body)).status_code == 204
    assert await shown(noor) == [("other", True)]
    assert (await noor.post(f"{PATH}/here", json={"endpoint": browser.endpoint})).json() == {"paged": True}
    key = page_key(Settings(_env_file=None, data_dir=tmp_path / "data"))
    ((_, (kept,)),) = (await paging.store.phones(key)).items()
    assert (kept.endpoint, kept.public, kept.auth) == (browser.endpoint, browser.public, browser.auth)
    (one,) = (await noor.get(PATH)).json()["phones"]
    assert browser.endpoint not in str(one)
    assert (await noor.delete(f"{PATH}/own/{one['id']}")).status_code == 204
    assert code(await noor.delete(f"{PATH}/own/{one['id']}")) == (404, "not_found")
    assert await shown(noor) == []
    assert (await noor.post(f"{PATH}/here", json={"endpoint": browser.endpoint})).json() == {"paged": False}


async def test_it_ends_with_a_log_out(paging: Office) -> None:
    noor, jan = await paging.caseworker("Noor"), await paging.caseworker("Jan")
    await noor.post(PATH, json=Browser("noor").body)
    await jan.post(PATH, json=Browser("jan").body)
    assert (await noor.delete("/desk/api/session")).status_code == 204
    assert list(await paging.store.own_phones(paging.colleagues[0].id, paging.colleagues[0].cookie)) == []
    assert await shown(jan) == [("other", True)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": f"http://{HOST}/x"},
        {"endpoint": f"https://{HOST}@127.0.0.1/x"},
        {"endpoint": f"https://{HOST}:8080/x"},
        {"endpoint": "https://fcm.googleapis.com/x"},
        {"public": "AAAA"},
        {"public": "not base64!"},
        {"auth": "AAAA"},
    ],
)
async def test_a_hostile_browser_is_refused(paging: Office, wrong: dict[str, str]) -> None:
    noor = await paging.caseworker("Noor")
    assert code(await noor.post(PATH, json=Browser("noor").body | wrong)) == (409, "phone_refused")
    assert await shown(noor) == []


async def test_what_is_no_subscription_is_invalid(paging: Office) -> None:
    noor, body = await paging.caseworker("Noor"), Browser("noor").body
    for wrong in (body | {"more": 1}, body | {"endpoint": 1}, {}, body | {"endpoint": "https://x/" + "x" * 1000}):
        assert (await noor.post(PATH, json=wrong)).status_code == 422


async def test_nobody_else_takes_it_away_and_no_other_site_adds_one(paging: Office) -> None:
    noor, jan = await paging.caseworker("Noor"), await paging.caseworker("Jan")
    await noor.post(PATH, json=Browser("noor").body)
    (one,) = (await noor.get(PATH)).json()["phones"]
    assert code(await jan.delete(f"{PATH}/own/{one['id']}")) == (404, "not_found")
    other = {"Origin": "https://example.org"}
    assert code(await jan.post(PATH, json=Browser("jan").body, headers=other)) == (403, "forbidden")
    assert code(await paging.browser().get(PATH)) == (401, "unauthorized")


async def test_an_administrator_is_on_no_call(paging: Office) -> None:
    await paging.caseworker("Noor")
    ada = await paging.caseworker("Ada", "administrator")
    assert code(await ada.post(PATH, json=Browser("ada").body)) == (403, "forbidden")


async def test_without_the_switch_there_is_nothing_to_choose(office: Office) -> None:
    noor = await office.caseworker("Noor")
    assert (await noor.get(PATH)).json() == {"key": None, "phones": []}
    assert code(await noor.post(PATH, json=Browser("noor").body)) == (409, "phone_refused")
