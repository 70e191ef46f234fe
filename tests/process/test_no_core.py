"""A crash leaves no memory on the disk: neither of the gateway nor of the engine that it starts."""

from __future__ import annotations

from pathlib import Path

from tests.support.gateway import Gateway


def test_no_process_leaves_its_memory_when_it_dies(gateway: Gateway) -> None:
    assert gateway.process is not None
    engine = gateway.engine_processes()
    assert engine
    for pid in (gateway.process.pid, *(process.pid for process in engine)):
        limits = Path(f"/proc/{pid}/limits").read_text()
        line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert line.split()[4:6] == ["0", "0"]
