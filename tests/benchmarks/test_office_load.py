"""The load benchmark's scene and the statements that it replays: those of one settlement, with nothing of it left in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from benchmarks.office.replay import one_thread
from benchmarks.office.scene import lay
from benchmarks.office.statements import captured
from django.db import connection

from sanchong.office.claims.models import Posting, Settlement

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's statements come from its log"),
]


@pytest.fixture
def numbers() -> Iterator[None]:
    """The scene sets where ids begin; other tests begin as they did."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence")


@pytest.mark.usefixtures("numbers")
def test_what_is_replayed_writes_what_a_settlement_writes() -> None:
    scene = lay(4)
    captured(scene, 0)  # the first one reads the law
    seen = captured(scene, 1)
    postings = Posting.objects.count() // 2
    one_thread(str(connection.settings_dict["NAME"]), seen, first=2, times=2)
    assert Settlement.objects.count() == 4
    assert Posting.objects.count() == 4 * postings
    visits = [re.sub(r"\D", "", scene.visit(n)) for n in range(4)]
    assert sorted(Settlement.objects.values_list("visit__number", flat=True)) == [f"V{n}" for n in visits]
