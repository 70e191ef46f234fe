"""`/metrics` for Prometheus: the figures of the desk, as they may be shown, of this month and the one before.

There is no such page without `INLOOP_METRICS_TOKEN`. Being on loopback proves nothing: behind a proxy on the same
machine everybody is.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Header, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.domain.statistics import KINDS, Line, tables
from bot.storage.store import Store
from bot.web.errors import ApiError

HELP = "Count of a month, as the multiple of five below it; fewer than five are left out."


class _Figures(Collector):
    def __init__(self, months: dict[str, dict[str, list[Line]]]) -> None:
        self._months = months

    def collect(self) -> Iterable[Metric]:
        for kind in (*KINDS, "wait"):
            family = GaugeMetricFamily(f"inloop_figure_{kind}", HELP, labels=["month", "line"])
            for month, found in self._months.items():
                for line in found[kind]:
                    if line.count is not None:
                        family.add_metric([month, line.key], line.count)
            yield family


def router(store: Store, token: str) -> APIRouter:
    """`token`: what the scraper sends as `Authorization: Bearer …`; not empty."""
    api = APIRouter(include_in_schema=False)

    @api.get("/metrics")
    async def metrics(authorization: Annotated[str, Header(max_length=500)] = "") -> Response:
        wanted = f"Bearer {token}".encode()
        if not hmac.compare_digest(authorization.encode("utf-8", "replace"), wanted):
            raise ApiError(401, "unauthorized")
        months = (await store.figure_months())[:2]
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Figures({month: tables(await store.figures(month)) for month in months}))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return api
