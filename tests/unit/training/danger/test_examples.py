"""What is drawn from the sentences depends on each one's text: what comes or goes changes next to nothing else."""

from __future__ import annotations

from bot.training.danger.corpus import DANGER, ORDINARY, Line
from bot.training.danger.examples import drawn, joined

KINDS = (DANGER, ORDINARY, "past")


def lines(count: int) -> list[Line]:
    return [Line(f"{kind} number {number}", "en", kind=kind) for number in range(count) for kind in KINDS]


def test_a_sentence_more_changes_one_of_those_that_are_drawn_at_most() -> None:
    texts = [line.text for line in lines(200)]
    before = {texts[place] for place in drawn(texts, 50)}
    assert len(before) == 50
    for place, new in ((0, "first of all"), (300, "in the midst"), (600, "last")):
        more = [*texts[:place], new, *texts[place:]]
        assert len(before - {more[found] for found in drawn(more, 50)}) <= 1


def test_all_are_drawn_where_there_are_fewer_than_asked_for() -> None:
    assert sorted(drawn(["a", "b", "c"], 5)) == [0, 1, 2]
    assert list(drawn([], 5)) == []


def test_a_sentence_more_leaves_nearly_all_joined_messages_as_they_were() -> None:
    before = joined(lines(200))
    assert len(before) == 120
    for kind in KINDS:
        after = joined([Line("something quite new", "en", kind=kind), *lines(200)])
        assert len({(line.text, fold) for line, fold in before} - {(line.text, fold) for line, fold in after}) <= 6


def test_a_joined_message_is_two_written_ones_and_a_third_of_them_are_dangers() -> None:
    written = lines(200)
    texts = {line.text for line in written}
    kinds = [line.kind for line, _ in joined(written)]
    assert kinds.count(DANGER) == len(kinds) / 3
    parts = [line.text.partition(" number ")[0] for line, _ in joined(written) if line.kind == DANGER]
    assert set(parts) == {DANGER, ORDINARY}, "the danger comes first, and it comes last"
    for line, _ in joined(written):
        words = line.text.split()
        assert {" ".join(words[:3]), " ".join(words[3:])} <= texts
