"""The back office for master data: looked at here, changed through services only.

Dated rows, editions and registers are read-only on these pages: a form that writes a row past its service would leave no trail
and check no overlap. Only an administrator with a second factor comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite

from sanchong.bill.words import LINE_CLASS
from sanchong.office.accounts.models import Account, Assignment
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.people.models import INSURANCE_NAMES, Area
from sanchong.office.providers.models import (
    Agreement,
    Post,
    Practitioner,
    Provider,
    Role,
    Standing,
    Suspension,
)

SCRIPTS = ["'self'", "'unsafe-eval'"]
"""Alpine, by which unfold's pages open and close, evaluates expressions; scripts in a page are forbidden here too."""
STYLES = ["'self'", "'unsafe-inline'"]
"""unfold writes its colours into the page."""


class BackOffice(UnfoldAdminSite):  # type: ignore[misc]
    """unfold's site under our own sign-in."""

    site_title = site_header = "三重 · 基础数据"
    index_title = "基础数据"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether an administrator acts, whose second factor was asked for."""
        capacity = getattr(request, "capacity", None)
        return (
            capacity is not None
            and capacity.actor.role == "administrator"
            and bool(request.user.is_verified())  # type: ignore[union-attr]
        )

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """A view of unfold's, under its own policy for scripts and styles."""
        inner = super().admin_view(view, cacheable)

        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                from sanchong.office.web.views.errors import NOT_YOURS, trouble

                return trouble(request, NOT_YOURS, 403)
            response: HttpResponse = inner(request, *args, **kwargs)
            response._csp_replace = {"script-src": SCRIPTS, "style-src": STYLES}  # type: ignore[attr-defined]
            return response

        return answer

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Our sign-in is the only one."""
        return redirect(f"{reverse('web:sign_in')}?next={request.path}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Signing out is on the pages."""
        return redirect("web:home")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """So is the password."""
        return redirect("web:password")


class ReadOnly:
    """Shown to whoever comes in, changed by nobody."""

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """The site's door has decided."""
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Through a service only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Through a service only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


DATED = ("start", "end", "known_from", "withdrawn", "source", "recorded_by")


class _Held(ReadOnly, TabularInline):  # type: ignore[misc]
    extra = 0
    show_change_link = False
    ordering = ("-start", "-pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What the row says, then its period."""
        own = [
            f.name
            for f in self.model._meta.concrete_fields
            if f.name not in (*DATED, "id", "supersedes", "recorded_at", self.fk_column)
        ]
        return [*own, *DATED]

    fk_column: ClassVar[str] = "provider"


class StandingInline(_Held):
    """What a provider is."""

    model = Standing


class AgreementInline(_Held):
    """Its agreements."""

    model = Agreement


class RoleInline(_Held):
    """What it does for the scheme."""

    model = Role


class SuspensionInline(_Held):
    """When its settlements were stopped."""

    model = Suspension


class PostInline(_Held):
    """Where somebody works."""

    model = Post
    fk_column = "practitioner"


class AssignmentInline(_Held):
    """As what an account acts."""

    model = Assignment
    fk_column = "account"
    fk_name = "account"


class AreaAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Areas."""

    list_display = ("code", "name", "level", "above")
    fields = readonly_fields = ("code", "name", "level", "above")
    list_filter = ("level",)
    search_fields = ("code", "name")
    ordering = ("code",)
    list_select_related = ("parent",)

    @admin.display(description="上级")
    def above(self, area: Area) -> str:
        """The area that it lies in."""
        return area.parent.name if area.parent is not None else ""


class ProviderAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Hospitals and pharmacies."""

    list_display = ("code", "name", "kind")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    ordering = ("code",)
    inlines = (StandingInline, AgreementInline, RoleInline, SuspensionInline)


class PractitionerAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Physicians, pharmacists, nurses."""

    list_display = ("code", "name")
    search_fields = ("code", "name")
    ordering = ("code",)
    inlines = (PostInline,)


class EditionAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Editions of the catalogue."""

    list_display = ("title", "in_force_from", "known_from", "rows", "added_at")
    ordering = ("-in_force_from", "-pk")


GRADES = [(code, f"{zh}类") for code, (zh, _) in LINE_CLASS.items()]


class GradeFilter(admin.SimpleListFilter):
    """Items by their grade, as people call it."""

    title = "收费等级"
    parameter_name = "line_class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """甲, 乙, 丙."""
        return GRADES

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Item]) -> models.QuerySet[Item]:
        """Those of the grade chosen."""
        return queryset.filter(line_class=self.value()) if self.value() else queryset


class ItemAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Items of the catalogue."""

    list_display = ("code", "name", "kind", "grade", "insured", "edition")
    list_filter = ("kind", GradeFilter, "edition")
    exclude = ("line_class", "insurance")
    readonly_fields = ("grade", "insured")
    search_fields = ("code", "name")
    ordering = ("code",)
    list_select_related = ("edition",)
    show_full_result_count = False

    @admin.display(description="收费等级", ordering="line_class")
    def grade(self, item: Item) -> str:
        """What of it the fund pays, as people call it."""
        return dict(GRADES)[item.line_class]

    @admin.display(description="险种", ordering="insurance")
    def insured(self, item: Item) -> str:
        """Whose item it is."""
        return INSURANCE_NAMES.get(item.insurance, "全部")


class AccountAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Accounts of people who work; a citizen's is nobody's business here."""

    list_display = ("username", "name", "is_active", "last_login", "demonstration")
    list_filter = ("is_active", "demonstration")
    search_fields = ("username", "name")
    ordering = ("username",)
    fields = (
        "username",
        "name",
        "is_active",
        "last_login",
        "password_set_on",
        "must_change",
        "demonstration",
    )
    inlines = (AssignmentInline,)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Account]:
        """Those who have or had a post."""
        return Account.objects.filter(assignments__isnull=False).distinct()


back_office = BackOffice(name="admin")
back_office.register(Area, AreaAdmin)
back_office.register(Provider, ProviderAdmin)
back_office.register(Practitioner, PractitionerAdmin)
back_office.register(Edition, EditionAdmin)
back_office.register(Item, ItemAdmin)
back_office.register(Account, AccountAdmin)
