"""Keys rewritten: resumable, former data included, indexes made anew from the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests.office.master import agency, document, register

from sanchong.office.crypto import Keys
from sanchong.office.operations import keyring
from sanchong.office.people import services
from sanchong.office.people.models import FormerData, Person
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The office's key file, as it was afterwards."""
    file: Path = settings.ENVIRONMENT.keys
    content = file.read_bytes()
    yield file
    file.write_bytes(content)


def written_with(model: type[Person] | type[FormerData]) -> set[int]:
    """The ids of the keys under which names stand."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {model._meta.db_table}")
        return {Keys.key_of(bytes(name)) for (name,) in cursor.fetchall()}


def test_everything_stands_under_the_new_key_and_is_found(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "CHUNK", 2)
    actor = agency()
    people = [register(actor, serial) for serial in range(1, 6)]
    services.correct_person(actor, people[0].number, "更名", name="李四")
    current = keyring.rotate(keys).current
    done = keyring.reencrypt()
    assert (done.seen, done.written, done.misfits) == (6, 6, ())  # five people, one former name
    assert written_with(Person) == written_with(FormerData) == {current}
    assert {person.name for person in Person.objects.all()} == {"张三", "李四"}
    found = Person.objects.get(identity_index=Person.index_of("identity", document(3)))
    assert found.pk == people[2].pk and found.identity_number == document(3)
    assert keyring.reencrypt().written == 0


def test_a_stopped_run_goes_on(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "CHUNK", 2)
    actor = agency()
    for serial in range(1, 6):
        register(actor, serial)
    keyring.rotate(keys)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keyring.reencrypt(stop)
    assert len(written_with(Person)) == 2
    assert keyring.reencrypt().written == 3


def test_an_index_that_does_not_fit_is_named_and_put_right(keys: Path) -> None:
    person = register(agency())
    Person.objects.filter(pk=person.pk).update(name_index=b"\0" * 32)
    keyring.rotate(keys)
    assert keyring.reencrypt().misfits == (f"people_person {person.pk}",)
    assert Person.objects.filter(name_index=Person.index_of("name", "张三")).exists()


def test_keys_are_not_made_twice(keys: Path) -> None:
    with pytest.raises(Refusal) as refused:
        keyring.make(keys)
    assert refused.value.code == "keys_exist"
