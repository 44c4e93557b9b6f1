"""What holds for every test: no network, and property tests that are the same in each run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import no_internet
import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent

settings.register_profile(
    "ftprep",
    deadline=None,  # the machine may be busy
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", parent=settings.get_profile("ftprep"), derandomize=False, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ftprep"))


def pytest_configure() -> None:
    """Block internet sockets here and in the Python processes that tests and worker pools start."""
    no_internet.block()
    given = os.environ.get("PYTHONPATH")
    folders = [str(HERE / "offline"), str(HERE.parent), *([given] if given else [])]
    os.environ["PYTHONPATH"] = os.pathsep.join(folders)


@pytest.fixture(autouse=True)
def _internet(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lift the block for tests marked ``network``: those that let pip install something."""
    if request.node.get_closest_marker("network") is None:
        yield
        return
    monkeypatch.delenv("PYTHONPATH")
    no_internet.unblock()
    yield
    no_internet.block()
