"""The pages' app: it gives the others the names under which people know them."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig, apps

NAMES: Final = {
    "accounts": "账号与岗位",
    "people": "行政区划",
    "providers": "医药机构",
    "catalogue": "医保目录",
}


class Web(AppConfig):
    """The pages."""

    name = "sanchong.office.web"

    def ready(self) -> None:
        """Name the apps whose tables the back office shows."""
        for label, name in NAMES.items():
            apps.get_app_config(label).verbose_name = name
