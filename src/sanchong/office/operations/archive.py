"""The file of a backup: a tar of a manifest, the database, and the trail's heads that were exported. Never the keys."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sanchong.settlement.refusal import Refusal

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
HEADS: Final = "heads.jsonl"
DATABASES: Final = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""The database's file in the archive, by what kind it is."""
BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds and how to know that it holds it."""

    made_at: str
    engine: str
    """The version of the software."""
    database: str
    """``sqlite`` or ``postgresql``."""
    migrations: list[str]
    rows: dict[str, int]
    """By table."""
    trail_head: str | None
    """The hash of the latest seal, None before the first."""
    files: dict[str, str]
    """SHA-256 by name."""
    format: int = FORMAT

    @property
    def database_file(self) -> str:
        """The database's file in the archive."""
        return DATABASES[self.database]


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def write(file: Path, manifest: Manifest, contents: Mapping[str, Path]) -> None:
    """Write an archive, whole or not at all, where only its owner can read it."""
    partial = file.with_name(file.name + ".partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as archive:
                said = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(said)
                archive.addfile(entry, io.BytesIO(said))
                for name, content in contents.items():
                    archive.add(content, name, recursive=False)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def unpacked(file: Path, folder: Path) -> Iterator[Manifest]:
    """The archive's files in ``folder``, each with the hash that the manifest gives; Refusal ``backup_damaged`` if not."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            manifest = _manifest(file, archive)
            for name in manifest.files:
                archive.extract(name, folder, filter="data")
    except (tarfile.TarError, EOFError, KeyError, OSError, ValueError, TypeError) as problem:
        if isinstance(problem, FileNotFoundError) and not file.exists():
            raise Refusal(
                "no_backup", str(file), f"没有备份文件 {file}", f"there is no backup {file}"
            ) from None
        raise _damaged(file, str(problem)) from None
    for name, wanted in manifest.files.items():
        if sha256_of(folder / name) != wanted:
            raise _damaged(file, f"{name}: sha256")
    yield manifest


def _manifest(file: Path, archive: tarfile.TarFile) -> Manifest:
    member = archive.extractfile(MANIFEST)
    if member is None:
        raise _damaged(file, MANIFEST)
    data: dict[str, Any] = json.load(member)
    if data.get("format") != FORMAT:
        raise Refusal(
            "backup_format",
            str(file),
            f"备份格式 {data.get('format')} 不是本版本的 {FORMAT}；请用制作它的版本恢复",
            f"the backup has format {data.get('format')}, not {FORMAT}: restore it with the version that made it",
        )
    manifest = Manifest(**data)
    if set(manifest.files) - {manifest.database_file, HEADS} or manifest.database_file not in manifest.files:
        raise _damaged(file, "files")
    return manifest


def _damaged(file: Path, what: str) -> Refusal:
    return Refusal(
        "backup_damaged",
        str(file),
        f"备份 {file} 不完整或已被改动（{what}）；请换一份备份",
        f"the backup {file} is damaged or was changed ({what}): use another one",
    )
