"""No network, ever: the block that all tests run under works, and linting with token counts works under it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from no_internet import NetworkBlocked

import ftprep
from ftprep.engine.local import LocalEngine
from ftprep.io import chunk

CLEAN = Path(__file__).parent.parent / "sample_data" / "clean_chat.jsonl"


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_internet_sockets_raise(family: socket.AddressFamily) -> None:
    with pytest.raises(NetworkBlocked):
        socket.socket(family, socket.SOCK_STREAM)
    with pytest.raises(NetworkBlocked):
        socket.create_connection(("127.0.0.1", 9))
    with pytest.raises(NetworkBlocked):
        socket.getaddrinfo("localhost", 80)


def test_unix_sockets_work() -> None:
    left, right = socket.socketpair(socket.AF_UNIX)
    with left, right:
        left.send(b"hello")
        assert right.recv(5) == b"hello"


def test_child_processes_are_blocked_too() -> None:
    code = "import socket; socket.socket(socket.AF_INET)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert child.returncode == 1
    assert "NetworkBlocked" in child.stderr


def test_pool_workers_are_blocked_too() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("forkserver")) as pool, pytest.raises(NetworkBlocked):
        pool.submit(socket.socket, socket.AF_INET).result()


@pytest.mark.network
def test_the_marker_lifts_the_block() -> None:
    socket.socket(socket.AF_INET).close()
    child = subprocess.run([sys.executable, "-c", "import socket; socket.socket(socket.AF_INET).close()"])
    assert child.returncode == 0


@pytest.mark.parametrize("jobs", [1, 2])
def test_lint_counts_tokens_without_a_network(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk, "BLOCK_BYTES", 4096)  # small enough to be cut for two workers
    pooled = LocalEngine._pooled
    starts: list[int] = []
    monkeypatch.setattr(LocalEngine, "_pooled", lambda *given: starts.append(jobs) or pooled(*given))
    report = ftprep.lint(CLEAN, jobs=jobs, isolated=True)
    assert starts == ([] if jobs == 1 else [2])
    assert report.verdict.ok
    tokens = report.inputs[0].tokens
    assert tokens is not None
    assert tokens.total > tokens.trained > 0


MAIL = '{"messages": [{"role": "user", "content": "Mail kaja@harbourmail.dk, ring (408) 316-8226"}, '
COMMANDS = [
    ["lint", "rows.jsonl", "--select", "PII,SEC,IDS", "--exit-zero"],
    ["lint", "rows.jsonl", "--select", "PII", "--pii-engine", "presidio-full", "--exit-zero"],
    ["lint", "rows.jsonl", "--fix", "--unsafe-fixes", "--exit-zero"],
    ["convert", "rows.jsonl", "--to", "sharegpt", "-o", "out.jsonl"],
    ["prepare", "rows.jsonl", "--out", "out"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_commands_try_no_connection(arguments: list[str], tmp_path: Path) -> None:
    """With an empty home, where no list of public suffixes is kept, and with every try noted, not only stopped."""
    answers = "".join(MAIL + f'{{"role": "assistant", "content": "Done, number {n}."}}]}}\n' for n in range(12))
    (tmp_path / "rows.jsonl").write_text(answers)
    code = (
        "import socket, sys\n"
        "tried = []\n"
        "for name in ('connect', 'connect_ex', 'sendto'):\n"
        "    setattr(socket.socket, name, lambda self, *given, name=name: tried.append((name, given)))\n"
        "socket.getaddrinfo = lambda *given, **more: tried.append(('getaddrinfo', given)) or []\n"
        "from ftprep.cli.main import main\n"
        "code = main(sys.argv[1:], standalone_mode=False)\n"
        "assert not tried, tried\n"
        "assert 'NetworkBlocked' not in repr(code)\n"
        "assert sys.argv[1] == 'convert' or 'presidio_analyzer' in sys.modules\n"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "NetworkBlocked" not in done.stderr
    assert "publicsuffix" not in done.stderr
