"""Keeping law: bundles by hash, what is active, what is accepted; and the engine of each bundle."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from sanchong import Engine
from sanchong.law import asking
from sanchong.law.documents import Disease
from sanchong.law.library import law_in, shipped_policies
from sanchong.office.lawbook.models import Acceptance, Activation, Bundle
from sanchong.settlement.refusal import Refusal
from sanchong.version import ENGINE

KEPT_ENGINES = 8


def files_of(folder: Path) -> list[Path]:
    """The files of a policy folder, in the order in which they are hashed."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def hash_of(folder: Path) -> str:
    """SHA-256 over each file's path and content."""
    digest = hashlib.sha256()
    for path in files_of(folder):
        name, content = path.relative_to(folder).as_posix().encode(), path.read_bytes()
        digest.update(len(name).to_bytes(4, "big") + name + len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def pack(folder: Path) -> bytes:
    """The folder's files as a compressed archive; the same files give the same bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in files_of(folder):
            content = path.read_bytes()
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return zlib.compress(out.getvalue())


def unpack(content: bytes, folder: Path) -> None:
    """Write a packed folder's files into ``folder``."""
    with tarfile.open(fileobj=io.BytesIO(zlib.decompress(content))) as archive:
        archive.extractall(folder, filter="data")


@transaction.atomic
def keep(folder: Path | None = None, added_by: int | None = None) -> Bundle:
    """Keep a whole policy folder (the shipped one if None) as a bundle; LawError if it cannot be read.

    The same content is kept once.
    """
    folder = folder or shipped_policies()
    law = law_in(folder)
    name = hash_of(folder)
    found = Bundle.objects.filter(hash=name).first()
    if found is not None:
        return found
    documents = {document.id: law.digest(document.id, None) for document in law.documents}
    return Bundle.objects.create(
        hash=name, content=pack(folder), documents=documents, engine=ENGINE, added_by_id=added_by
    )


def activate(bundle: Bundle, reason: str, approved_by: int | None = None) -> Activation:
    """Settle by ``bundle`` from the next transaction on."""
    return Activation.objects.create(bundle=bundle, reason=reason, approved_by_id=approved_by)


def accept(address: str, accepted_by: str, reason: str) -> Acceptance:
    """Accept the illustrations at an address or below it, from the next transaction on."""
    return Acceptance.objects.create(address=address, accepted_by=accepted_by, reason=reason)


def withdraw(acceptance: Acceptance, accepted_by: str, reason: str) -> Acceptance:
    """Accept an illustration no longer, from the next transaction on."""
    return Acceptance.objects.create(
        address=acceptance.address, accepted_by=accepted_by, reason=reason, withdraws=acceptance
    )


@lru_cache(maxsize=KEPT_ENGINES)
def engine_of(bundle_hash: str) -> Engine:
    """The engine that settles by a bundle, made once a process."""
    with unpacked(bundle_hash) as folder:
        return Engine(law_in(folder))


@contextmanager
def unpacked(bundle_hash: str) -> Iterator[Path]:
    """A bundle's policy folder, for as long as the block runs."""
    content = bytes(Bundle.objects.values_list("content", flat=True).get(hash=bundle_hash))
    with tempfile.TemporaryDirectory(prefix="sanchong-law-") as name:
        folder = Path(name) / "policies"
        unpack(content, folder)
        yield folder


@lru_cache(maxsize=4)
def accepted(latest: int) -> tuple[str, ...]:
    """The addresses accepted as of the acceptance ``latest`` (0: none yet), in order."""
    rows = Acceptance.objects.filter(id__lte=latest, withdraws=None)
    rows = rows.exclude(withdrawn_by__id__lte=latest)
    return tuple(sorted(set(rows.values_list("address", flat=True))))


def active_bundle() -> str:
    """The hash of the bundle that the office settles by now; Refusal ``no_law`` if none is active."""
    active = Activation.objects.order_by("-id").values_list("bundle_id", flat=True).first()
    if active is None:
        raise Refusal("no_law", "law", "尚未启用任何政策包", "no law bundle is active")
    return active


def no_address(address: str) -> Refusal:
    """The refusal of an address that the active law does not have, with those that are like it."""
    near = asking.nearest(address, asking.labels_of(engine_of(active_bundle()).law, "zh"))
    return Refusal(
        "no_address",
        "address",
        f"没有参数地址 {address}" + ("；相近的有：" + "、".join(near) if near else ""),
        f"no address {address}" + ("; near ones are " + ", ".join(near) if near else ""),
    )


def diseases_in_law() -> tuple[Disease, ...]:
    """The catalogue of diseases of the active bundle; Refusal ``no_law`` if none is active."""
    return engine_of(active_bundle()).law.diseases
