"""PostgreSQL's own tools, where they are on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from sanchong.office.environment import TLS
from sanchong.settlement.refusal import Refusal


def run(tool: str, arguments: Sequence[str], database: Mapping[str, Any]) -> None:
    """Run ``pg_dump`` or ``pg_restore`` on a database (an entry of DATABASES); Refusal with what it says if it fails."""
    found = shutil.which(tool)
    if found is None:
        raise Refusal(
            "no_tool",
            tool,
            f"本机没有 {tool}；请安装 PostgreSQL 客户端（如 apt-get install postgresql-client），版本不低于服务器",
            f"{tool} is not on this machine: install PostgreSQL's client (such as apt-get install postgresql-client),"
            " not older than the server",
        )
    named = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
        **{f"PG{name.upper()}": database["OPTIONS"].get(name) for name in TLS},
    }
    env = {**os.environ, **{name: str(value) for name, value in named.items() if value}}
    done = subprocess.run([found, *arguments], env=env, capture_output=True, check=False)
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())[:500]
        raise Refusal("tool_failed", tool, f"{tool} 失败：{said}", f"{tool} failed: {said}")
