"""Which assumed values are accepted: all, none, or those at an address or below it."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from sanchong.settlement.options import Options

CAP = "pooled_fund.annual_cap"


@pytest.mark.parametrize(
    ("accepted", "fine"),
    [
        (True, True),
        (False, False),
        ([], False),
        ([CAP], True),
        (["pooled_fund"], True),
        (["pooled_fund."], True),
        ([".pooled_fund"], False),
        (["pooled"], False),
        ([CAP + "s"], False),
        (["inpatient", "pooled_fund"], True),
    ],
)
def test_accepts(accepted: bool | Collection[str], fine: bool) -> None:
    assert Options(accept_assumed=accepted).accepts(CAP) is fine


def test_what_stands_without_options() -> None:
    """Nothing assumed is accepted; everything known counts; explained, in Chinese."""
    assert Options() == Options(False, None, True, "zh", frozenset())
