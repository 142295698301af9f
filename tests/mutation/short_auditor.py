"""The comparison with the auditor in short: three hundred person-years, by fixed seeds. No part of the suite."""

from __future__ import annotations

from itertools import islice

import pytest
from tests.auditor.run import compared
from tests.auditor.test_auditor import checker

CASES = 30


@pytest.mark.parametrize("seed", range(101, 111))
def test_the_program_settles_as_the_auditor_does(seed: int) -> None:
    for made, _, _, different in islice(compared(seed, checker().policies, checker()), CASES):
        assert not different, made.case
