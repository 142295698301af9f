"""Parts settled on a Dask cluster: one here, or one that listens at an address. Needs the extra ``cluster``.

Parts travel to the workers and results back, both as Arrow; the workers need no folder in common.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dask.distributed

from sanchong.batch import cache
from sanchong.batch.law_rows import LawRows
from sanchong.batch.part import Setting, SettledPart, settle_part
from sanchong.batch.records import Part
from sanchong.batch.unusable import Unusable

_distributed: Any = dask.distributed  # its classes carry no types


class Cluster:
    """Parts settled by the workers of a Dask cluster."""

    def __init__(self, count: int, address: str | None, law: LawRows, setting: Setting) -> None:
        """``count`` processes on this machine, or the workers of the scheduler at ``address``; Unusable if none."""
        self._own: Any = None
        if address is None:
            self._own = _distributed.LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                host="127.0.0.1",
            )
        try:
            self._client = _distributed.Client(self._own or address, set_as_default=False, timeout="20s")
            self._check(address)
            self.count = sum(worker["nthreads"] for worker in self._workers().values())
            self._law = self._client.scatter(law, broadcast=True, hash=False)
            self._setting = setting
        except OSError as error:
            raise Unusable(
                f"连不上 {address} 的 Dask 调度器：{error}；请核对地址，形如 tcp://127.0.0.1:8786",
                f"no Dask scheduler answers at {address}: {error}; check the address, such as tcp://127.0.0.1:8786",
            ) from error

    def _workers(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def _check(self, address: str | None) -> None:
        if not self._workers():
            raise Unusable(
                f"{address} 的调度器没有工作进程；请先启动 dask worker",
                f"the scheduler at {address} has no worker; start one by: dask worker {address}",
            )
        mine = cache.digest()
        for worker, other in self._client.run(cache.digest).items():
            if other != mine:
                raise Unusable(
                    f"工作进程 {worker} 装的 sanchong 或 numba 与这里不同；请装同一版本",
                    f"the worker {worker} has another sanchong or numba than this machine; install the same",
                )

    def submit(self, part: Part) -> Callable[[], SettledPart]:
        """Have a part settled by the next free worker."""
        future = self._client.submit(_settle, part, self._law, self._setting, pure=False)
        found: Callable[[], SettledPart] = future.result
        return found

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        if self._own is not None:
            self._own.close()


def _settle(part: Part, law: LawRows, setting: Setting) -> SettledPart:
    return settle_part(part, law, setting)
