"""A calendar as Google exports it, with weekly shifts, a swap, holidays, a cancelled event, a meeting and the change to
summer time: the right person is paged at every hour of two weeks. The table of who it is was written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.rota import Member, OnCall, Override, Rota, Shift, named
from bot.oncall.calendars import Unreadable, parse
from bot.storage.store import PageAddress
from tests.support.oncall import COORDINATOR, FIRST, KEY, NAMES, OTHER, SECOND, ZONE, World

EXPORT = Path(__file__).parent / "calendars" / "team.ics"
AN, BART, CHRIS, DINA = FIRST, SECOND, COORDINATOR, OTHER


def local(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=ZONE)


FIRSTS = [
    (local(22, 0), AN), (local(22, 8), BART),
    (local(25, 8), AN), (local(27, 8), BART),  # the swap
    (local(29, 8), AN),  # the weekly change, at eight by the new time
    (local(1, 0, 4), DINA), (local(2, 0, 4), AN),  # An's holiday
]  # fmt: skip
END = local(5, 0, 4)


def first_at(moment: datetime) -> int:
    return next(who for start, who in reversed(FIRSTS) if start <= moment)


def second_at(moment: datetime) -> int | None:
    hour = moment.astimezone(ZONE)
    night = (hour - timedelta(hours=8)).date() if hour.hour < 8 else hour.date()
    if hour.hour < 8 or hour.hour >= 20:
        return {local(30, 0).date(): DINA, local(2, 0, 4).date(): None}.get(night, CHRIS)
    return BART if local(25, 8) <= moment < local(27, 8) else None  # whom the swap names second


def hours() -> list[datetime]:
    start, end = FIRSTS[0][0].astimezone(UTC), END.astimezone(UTC)
    return [start + timedelta(hours=i) for i in range(int((end - start).total_seconds() // 3600))]


async def calendar_team(world: World) -> None:
    await world.team()
    for who in (CHRIS, DINA):
        address = PageAddress((world.receiver.url(who),), (f"{NAMES[who].lower()}@payoke.example",))
        await world.store.set_page_address(who, address, KEY)


async def test_the_right_person_is_paged_at_every_hour_of_two_weeks(world: World) -> None:
    world.clock.now = hours()[0]
    await calendar_team(world)
    duty = world.gateway()
    duty.roster.calendars.sources[0].address = str(EXPORT)
    await duty.roster.calendars.refresh()
    assert duty.roster.calendars.sources[0].fault is None
    assert len(hours()) == 2 * 7 * 24 - 1, "one night is an hour shorter"
    for hour in hours():
        world.clock.now = hour
        person, number = await world.danger()
        await world.round()
        assert world.paged(number) == [str(first_at(hour))], hour.astimezone(ZONE)
        assert (await duty.roster.reach()).second == second_at(hour), hour.astimezone(ZONE)
        await world.store.delete_conversation(person.conversation)


def test_an_all_day_event_begins_at_local_midnight() -> None:
    shifts = parse(EXPORT.read_text(encoding="utf-8"), ZONE, local(4, 0, 4), local(8, 0, 4))
    rota = Rota(shifts, (), [*TEAM[:3], Member(DINA, "Dina")])
    assert rota.at(local(4, 23, 4)).first == AN
    assert rota.at(local(5, 0, 4)).first == DINA
    assert rota.at(local(5, 23, 4)).first == DINA
    assert rota.at(local(6, 0, 4)).first == BART


TEAM = [
    Member(AN, "An", emails=("an@payoke.example",), reachable=True),
    Member(BART, "Bart", reachable=True),
    Member(CHRIS, "Chris", coordinator=True, emails=("chris@payoke.example",), reachable=True),
    Member(DINA, "Dina Élise", emails=("dina@payoke.example",), reachable=True),
]
START = datetime(2026, 11, 2, tzinfo=UTC)


def shift(title: str, begin: int = 0, end: int = 24, **more: object) -> Shift:
    return Shift(START + timedelta(hours=begin), START + timedelta(hours=end), title, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "who"),
    [
        ("An", [AN]),
        ("wacht: AN", [AN]),
        ("Bart -> An", [BART, AN]),
        ("Dina Elise (nacht)", [DINA]),
        ("an@payoke.example", [AN]),
        ("Anton", []),
        ("Dina", []),
        ("Vergadering", []),
    ],
)
def test_whom_a_title_names(title: str, who: list[int]) -> None:
    assert named(shift(title), TEAM) == who


def test_a_longer_name_is_not_the_shorter_one_in_it() -> None:
    team = [Member(1, "An"), Member(2, "An Peeters")]
    assert named(shift("Wacht An Peeters"), team) == [2]
    assert named(shift("Wacht An"), team) == [1]


def test_attendees_count_when_the_title_names_nobody() -> None:
    assert named(shift("Wacht", emails=("dina@payoke.example",)), TEAM) == [DINA]
    assert named(shift("Wacht", names=("bart",)), TEAM) == [BART]
    assert named(shift("Wacht An", emails=("dina@payoke.example",)), TEAM) == [AN]


def test_a_change_beats_the_calendar_and_the_later_change_the_earlier() -> None:
    overrides = [
        Override(1, START, START + timedelta(hours=12), BART),
        Override(2, START + timedelta(hours=6), START + timedelta(hours=8), CHRIS),
        Override(3, START, START + timedelta(hours=24), DINA, second=True),
    ]
    rota = Rota([shift("An"), shift("2e Chris", second=True)], overrides, TEAM)
    assert rota.at(START) == OnCall(BART, DINA)
    assert rota.at(START + timedelta(hours=7)) == OnCall(CHRIS, DINA)
    assert rota.at(START + timedelta(hours=12)) == OnCall(AN, DINA)
    assert rota.at(START + timedelta(hours=24)) == OnCall()


def test_who_has_left_is_on_call_no_more() -> None:
    rota = Rota([shift("An"), shift("Bart", end=48)], [Override(1, START, START + timedelta(hours=1), AN)], TEAM[1:])
    assert rota.at(START) == OnCall(BART)


def test_a_holiday_takes_somebody_off_and_nobody_else() -> None:
    rota = Rota([shift("An, Bart"), shift("verlof An", 6, 12, away=True)], (), TEAM)
    assert rota.at(START) == OnCall(AN, BART)
    assert rota.at(START + timedelta(hours=6)) == OnCall(BART)


def test_holes_are_where_nobody_who_can_be_paged_is_on_call() -> None:
    deaf = Member(9, "Eva")
    rota = Rota([shift("An", 0, 8), shift("Eva", 8, 16), shift("Bart", 18, 24)], (), [*TEAM, deaf])
    hole = (START + timedelta(hours=8), START + timedelta(hours=18))
    assert rota.holes(START, START + timedelta(hours=24)) == [hole]
    filled = Rota(rota.shifts, [Override(1, *hole, CHRIS)], rota.team)
    assert filled.holes(START, START + timedelta(hours=24)) == []
    assert Rota().holes(START, START + timedelta(hours=24)) == [(START, START + timedelta(hours=24))]


def test_a_title_that_names_nobody_is_shown() -> None:
    assert [s.title for s in Rota([shift("Ann"), shift("An")], (), TEAM).unknown()] == ["Ann"]


CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{}END:VCALENDAR\r\n"
EVENT = "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n{}END:VEVENT\r\n"


def read(lines: str) -> tuple[Shift, ...]:
    return parse(CALENDAR.format(EVENT.format(lines)), ZONE, START, START + timedelta(days=14))


def test_outlook_names_its_time_zones_as_windows_does() -> None:
    (found,) = read(
        "DTSTART;TZID=Romance Standard Time:20261103T200000\r\nDTEND;TZID=Romance Standard Time:20261104T080000\r\n"
        "SUMMARY:Wacht An\r\n"
    )
    assert found.start == datetime(2026, 11, 3, 19, tzinfo=UTC)


def test_a_time_without_a_zone_is_local() -> None:
    (found,) = read("DTSTART:20261103T200000\r\nDTEND:20261104T080000\r\nSUMMARY:Wacht An\r\n")
    assert found.start == datetime(2026, 11, 3, 19, tzinfo=UTC)


def test_who_is_away_and_who_is_second_is_seen_in_the_title() -> None:
    (away,) = read("DTSTART;VALUE=DATE:20261103\r\nSUMMARY:Congé An\r\n")
    assert away.away and not away.second
    (second,) = read("DTSTART;VALUE=DATE:20261103\r\nSUMMARY:2e wacht An\r\n")
    assert second.second and not second.away
    (oof,) = read("DTSTART;VALUE=DATE:20261103\r\nSUMMARY:An\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n")
    assert oof.away


EVERY_MINUTE = "BYHOUR=8;BYMINUTE=" + ",".join(map(str, range(60)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!doctype html><title>Log in</title>",
        "BEGIN:VCALENDAR\r\nnothing",
        CALENDAR.format(EVENT.format("DTSTART:20000101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:An\r\n")),
        CALENDAR.format(EVENT.format("DTSTART:20000101T000000Z\r\nRRULE:INTERVAL=1;FREQ=MINUTELY\r\nSUMMARY:An\r\n")),
        CALENDAR.format(EVENT.format("DTSTART:20000101T000000Z\r\nRRULE:FREQ=SEC\r\n ONDLY\r\nSUMMARY:An\r\n")),
        CALENDAR.format(EVENT.format(f"DTSTART:20000101T000000Z\r\nRRULE:FREQ=DAILY;{EVERY_MINUTE}\r\nSUMMARY:An\r\n")),
    ],
)
def test_what_is_no_usable_calendar_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text, ZONE, START, START + timedelta(days=1))


def test_a_shift_that_begins_several_times_a_day_is_read() -> None:
    found = read("DTSTART:20261102T080000Z\r\nDURATION:PT4H\r\nRRULE:FREQ=DAILY;COUNT=2;BYHOUR=8,20\r\nSUMMARY:An\r\n")
    assert [shift.start.hour for shift in found] == [8, 20]


def test_one_broken_event_takes_none_of_the_others_away() -> None:
    good = EVENT.format("DTSTART;VALUE=DATE:20261103\r\nSUMMARY:An\r\n")
    broken = EVENT.format("DTSTART;VALUE=DATE:20261103\r\nRRULE:FREQ=DAILY;UNTIL=nonsense\r\nSUMMARY:Bart\r\n")
    found = parse(CALENDAR.format(good + broken.replace("UID:1", "UID:2")), ZONE, START, START + timedelta(days=7))
    assert "An" in [s.title for s in found]
