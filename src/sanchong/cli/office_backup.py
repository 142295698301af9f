"""``sanchong office backup`` and ``restore``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sanchong.cli.common import Lang, language
from sanchong.cli.office_common import in_words, office


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="To be written; must not exist. 备份文件")],
    lang: Lang = None,
) -> None:
    """Back up the database as it is now, while the office serves; never the keys. 备份数据库（不含密钥）

    sanchong office backup /media/backup/office-2026-11-22.tar.gz
    """
    said = language(lang)
    with office(said, owner=True):
        from sanchong.office.operations.backup import backup as write

        manifest = write(file)
        rows = sum(manifest.rows.values())
        print(
            in_words(
                said,
                f"已备份到 {file}：{len(manifest.rows)} 张表 {rows:,} 行；密钥不在其中，请另行保管",
                f"backed up to {file}: {len(manifest.rows)} tables, {rows:,} rows; the keys are not in it",
            )
        )


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup. 备份文件")],
    role: Annotated[str, typer.Option("--role", metavar="NAME", help="As with `migrate`. 同 migrate")] = "",
    lang: Lang = None,
) -> None:
    """Bring a backup back into an empty database, verify it, then check. 恢复到空库并校验

    sanchong office restore /media/backup/office-2026-11-22.tar.gz

    Exit status 1: refused, or restored but not ready to serve. 退出状态：1 被拒，或已恢复但尚不能启动。
    """
    said = language(lang)
    with office(said, database=False, owner=True):
        from sanchong.office.operations.readiness import problems
        from sanchong.office.operations.restore import restore as bring

        manifest = bring(file, role)
        rows = sum(manifest.rows.values())
        print(
            in_words(
                said,
                f"已恢复 {manifest.made_at} 的备份，{rows:,} 行，与清单相符",
                f"restored the backup of {manifest.made_at}: {rows:,} rows, as its manifest says",
            )
        )
        found = problems(as_owner=True)
        for problem in found:
            print(f"sanchong: {problem.code}: {problem.where}: {problem.messages[said]}", file=sys.stderr)
        if found:
            raise typer.Exit(1)
