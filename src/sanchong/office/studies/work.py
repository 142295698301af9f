"""``python -m sanchong.office.studies.work FOLDER``: the process of one study. It reads its folder, and writes there alone.

Started by the server (services.py) at low priority, without the office's secrets in its surroundings.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any, Final

from sanchong.office.studies import folders
from sanchong.office.studies.telling import Teller, Unable

NICE: Final = 10


def main(folder: Path) -> int:
    """Run the study in ``folder`` and write down how it ended."""
    os.nice(NICE)
    asked = folders.read_json(folder / folders.ASKED)
    try:
        from sanchong.office.studies.tasks import TASKS

        said = TASKS[asked["kind"]](folder, asked, Teller(folder))
        return _end(folder, "done", said)
    except KeyboardInterrupt:
        folders.remove(folder / folders.RESULT)
        return _end(folder, "cancelled", {})
    except Unable as problem:
        return _end(folder, "failed", {"wrong": str(problem)})
    except ImportError as missing:
        return _end(
            folder, "failed", {"wrong": f"服务器没有安装 {missing.name}；请联系系统管理员安装批量计算组件"}
        )
    except MemoryError:
        return _end(folder, "failed", {"wrong": "内存不够；请减少人数，或换一台内存更大的服务器"})
    except Exception:
        traceback.print_exc()
        return _end(folder, "failed", {"wrong": "计算程序出错；请把这次测算的编号告诉系统管理员"})


def _end(folder: Path, state: str, said: dict[str, Any]) -> int:
    folders.write_json(folder / folders.ENDED, {"state": state, "said": said})
    return 0 if state == "done" else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
