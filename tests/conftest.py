"""What all tests share: where the evaluation data is, and what may be skipped.

With ZHIAN_REQUIRE_ALL=1 (as in `.ci/run`) a test that would be skipped fails instead, so that a
missing server, browser or clip cannot pass for success.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The evaluation data beside the project: clips, truth, detectors."""
    if not SHARED_DATA.is_dir():
        pytest.skip("evaluation data: ../shared/data is not here")
    return SHARED_DATA


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("ZHIAN_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped here: {call.excinfo}"
    return report
