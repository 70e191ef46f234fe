"""Whatever happens in whatever order: no state that should not be. Pure rules;
`tests/contract/storage/test_handoff_states.py` walks the same through the database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from bot.domain import escalation, forms, handoff, retention, rota
from bot.domain.handoff import TABLE, IllegalMove, Move
from bot.domain.model import EngineTurn, Handoff
from tests.unit.fuzz.conftest import Run
from tests.unit.fuzz.inputs import TEXT
from tests.unit.fuzz.test_from_people import FORM, REQUESTS

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TIMES = st.integers(-200, 200).map(lambda hours: NOW + timedelta(hours=hours))


def test_moves_of_the_handoff(fuzz: Run) -> None:
    def walk(moves: list[Move]) -> None:
        state = Handoff.BOT
        for what in moves:
            before = state
            try:
                state = handoff.move(state, what)
            except IllegalMove:
                assert (before, what) not in TABLE
                continue
            assert handoff.bot_may_speak(state) is (state is not Handoff.OWNED)
            if state is Handoff.OWNED and before is not Handoff.OWNED:
                assert what in {Move.CLAIM, Move.REOPEN}, "nobody owns a case who did not take it"
            if before is not Handoff.CLOSED and state is Handoff.CLOSED:
                assert (before, what) == (Handoff.OWNED, Move.CLOSE), "nothing closes by itself"
            if before is Handoff.WAITING and state is Handoff.BOT:
                assert what is Move.CANCEL, "who waits is not forgotten"

    fuzz("moves of the handoff", st.lists(st.sampled_from(Move), max_size=30), walk, 8000)


def test_rungs_of_the_ladder(fuzz: Run) -> None:
    who = st.none() | st.integers(1, 5)
    reach = st.builds(
        escalation.Reach,
        who,
        who,
        st.lists(st.integers(1, 5), max_size=3).map(tuple),
        st.lists(st.integers(0, 5), max_size=4).map(tuple),
    )
    pace = st.builds(escalation.Pace, *[st.integers(1, 4000).map(lambda seconds: timedelta(seconds=seconds))] * 3)

    def climb(given: tuple[int, escalation.Reach, escalation.Pace]) -> None:
        climbed, there, pace = given
        before = 0
        for _ in range(6):
            number, paged = escalation.climb(climbed, there)
            assert number > climbed >= before, "it is never climbed down"
            assert paged == there.of(escalation.rung(number))
            assert paged or not there.everyone, "somebody is called as long as anybody can be"
            assert timedelta(0) < pace.after(number) <= pace.longest
            assert timedelta(0) <= pace.after_failure(number) <= pace.longest
            before, climbed = climbed, number
        assert escalation.rung(climbed) is escalation.Rung.EVERYONE, "it ends with everyone, and does not end"

    fuzz("rungs of the ladder", st.tuples(st.integers(0, 9), reach, pace), climb, 6000)


def test_sheets_of_forms(fuzz: Run) -> None:
    turn = st.builds(
        lambda form, requests: EngineTurn("greet", 1.0, (), tuple(requests), (), form or None),
        FORM,
        st.lists(REQUESTS, max_size=3),
    )

    def walk(given: list[tuple[EngineTurn, str, bool]]) -> None:
        sheet = forms.EMPTY
        for turn, text, withdrawn in given:
            sheet = sheet.after(turn, text)
            sheet = sheet.withdrawn() if withdrawn else sheet
            assert not (withdrawn and sheet.due)
            assert set(sheet.told) <= set(forms.LINES)
            assert all(question.partition(".")[0] in forms.LINES for question in sheet.words)
            assert sheet.form is None or sheet.form.name in forms.LINES
            assert sheet.form is None or not (forms.goes_on(sheet.form) and sheet.form.paused)
            assert forms.Sheet.loaded(json.loads(json.dumps(sheet.dumped())), asking=True) == sheet
            assert forms.Sheet.loaded(sheet.dumped(), asking=False) == replace(sheet, form=None, due=False)
            assert repr(sheet) == "Sheet(...)"
            for name in forms.LINES:
                for _, code, words in sheet.lines(name):
                    assert bool(code) is not bool(words), "a button or own words"

    fuzz("sheets of forms", st.lists(st.tuples(turn, TEXT, st.booleans()), max_size=6), walk, 5000)


def test_times_of_retention(fuzz: Run) -> None:
    closed = st.builds(retention.Closed, st.sampled_from([*retention.REASONS, "other"]), TIMES)
    span = st.integers(1, 5000).map(lambda hours: timedelta(hours=hours))
    rules = st.builds(retention.Retention, span, span, st.dictionaries(st.sampled_from(retention.REASONS), span), span)

    def look(given: tuple[retention.Retention, datetime, list[retention.Closed]]) -> None:
        kept, last, cases = given
        until = kept.until(last, cases)
        assert until >= last + kept.shortest
        assert all(until >= case.at + kept.reasons.get(case.reason, kept.case) for case in cases)
        assert kept.until(last, [*cases, *cases]) == until
        assert retention.kind(cases) == retention.TALK or retention.kind(cases).startswith("case:")

    fuzz("times of retention", st.tuples(rules, TIMES, st.lists(closed, max_size=4)), look, 4000)


def test_who_is_on_call(fuzz: Run) -> None:
    name = st.one_of(TEXT, st.sampled_from(["Els", "An Peeters", "An", "els@example.org", "2e Els", "Els/An"]))
    shift = st.builds(
        rota.Shift,
        TIMES,
        TIMES,
        name,
        st.lists(name, max_size=2).map(tuple),
        st.lists(name, max_size=2).map(tuple),
        st.booleans(),
        st.booleans(),
    )
    override = st.builds(rota.Override, st.integers(1, 9), TIMES, TIMES, st.integers(1, 4), st.booleans())
    member = st.builds(
        rota.Member,
        st.integers(1, 4),
        name,
        st.booleans(),
        st.lists(st.just("els@example.org"), max_size=1).map(tuple),
        st.booleans(),
    )
    whole = st.builds(
        rota.Rota,
        st.lists(shift, max_size=4),
        st.lists(override, max_size=2),
        st.lists(member, max_size=4, unique_by=lambda one: one.id),
    )

    def look(given: tuple[rota.Rota, datetime]) -> None:
        plan, at = given
        there = {member.id for member in plan.team}
        now = plan.at(at)
        assert {now.first, now.second} <= there | {None}
        assert now.first is None or now.first != now.second
        holes = plan.holes(NOW, NOW + timedelta(hours=48))
        assert all(NOW <= start < end <= NOW + timedelta(hours=48) for start, end in holes)
        assert all(one[1] < other[0] for one, other in pairwise(holes))
        for start, _ in holes:
            on_call = plan.at(start)
            assert not {on_call.first, on_call.second} & {member.id for member in plan.team if member.reachable}

    fuzz("who is on call", st.tuples(whole, TIMES), look, 4000)
