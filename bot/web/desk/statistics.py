"""Figures on the desk, for coordinators: tables and CSV. Both show what `domain.statistics` lets through."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from bot.domain.ports import Catalogue
from bot.domain.speaker import LABELS, OF_HELP
from bot.domain.statistics import LEAST, STEPS, Line, tables
from bot.storage.store import DeskSession, Store
from bot.web.desk.errors import DeskRoute
from bot.web.desk.serialise import language_of
from bot.web.desk.session import Door, Supervisors

MONTH = "^[0-9]{4}-(0[1-9]|1[0-2])$"


def router(store: Store, words: Catalogue, door: Door) -> APIRouter:
    """`/desk/api/figures`. Whole months only: spans that can be chosen would tell about their difference."""
    supervisor = Supervisors(door)
    api = APIRouter(
        prefix="/desk/api/figures", tags=["desk"], route_class=DeskRoute, dependencies=[Depends(supervisor)]
    )
    Month = Annotated[str | None, Query(pattern=MONTH)]

    async def of(month: str | None) -> tuple[list[str], str | None, dict[str, list[Line]]]:
        months = await store.figure_months()
        month = month or (months[0] if months else None)
        return months, month, tables(await store.figures(month) if month else {})

    @api.get("")
    async def show(
        session: Annotated[DeskSession, Depends(supervisor)],
        month: Month = None,
        lang: Annotated[str, Query(max_length=35)] = "",
    ) -> dict[str, Any]:
        """The tables of a month (without one: the newest). A `count` is a multiple of five; null: fewer than five.
        `steps`: seconds up to which each step of a time goes; `middle`: the step of the middle wait of an hour.
        `answers`: how the lines of `helped` are called."""
        months, chosen, found = await of(month)
        language = language_of(words, session, lang)
        named = (line.key for kind in ("topic", "missed_topic") for line in found[kind])
        known = dict.fromkeys(key for key in named if key in words.topics)
        topics = {topic: words.topic_label(topic, language) for topic in known}
        answers = {OF_HELP[command]: words.label(f"choices.{LABELS[command]}", language) for command in OF_HELP}
        return {
            "topics": topics,
            "answers": answers,
            "months": months,
            "month": chosen,
            "least": LEAST,
            "steps": STEPS,
            "tables": {
                kind: [{"key": line.key, "count": line.count, "middle": line.middle} for line in lines]
                for kind, lines in found.items()
            },
        }

    @api.get("/csv")
    async def as_csv(month: Month = None) -> Response:
        """The same as a file; `<5` stands for fewer than five."""
        _, chosen, found = await of(month)
        out = io.StringIO()
        write = csv.writer(out)
        write.writerow(["month", "table", "line", "count", "middle"])
        for kind, lines in found.items():
            for line in lines:
                count = f"<{LEAST}" if line.count is None else line.count
                write.writerow([chosen or "", kind, line.key, count, line.middle or ""])
        name = f"inloop-{chosen or 'empty'}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    return api
