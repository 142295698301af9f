"""The register of a person in a browser: the household, a fact ended with what it takes back, forms that correct and move."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from tests.browser.office import enter, look
from tests.office import staffed
from tests.office.staffed import Staffed

from sanchong.office.claims import services
from sanchong.office.people.models import Grant, Household, Member, Person

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def family(office: Staffed) -> Person:
    """A woman on subsistence allowance with her son, and a settled stay of hers; one grant of hers was put right before."""
    person = staffed.named(office.city.person("subsistence_allowance", "diabetes"), "王秀兰", "2")
    son = staffed.named(office.city.person(None), "李小明")
    home = Household.objects.get(members__person=person)
    staffed.instead(Member.objects.get(person=son), household=home, source="户口簿")
    grant = Grant.objects.current().get(household=home)
    staffed.instead(grant, department="城区民政局", source="民政部门来函")
    visit = office.city.visit(person, "inpatient", "2026-03-10", ("A1", "12000"))
    services.settle(visit.number, f"key-{uuid.uuid4().hex}", office.city.actor)
    return person


def test_the_register_and_a_fact_ended(
    page: Page, live_server: LiveServer, office: Staffed, quiet: None
) -> None:
    person = family(office)
    enter(page, live_server, office, "agency_county")
    page.goto(f"{live_server.url}/people/{person.number}/")
    page.get_by_role("link", name="登记与更正").click()
    page.get_by_text("已被取代或撤回的记录").click()
    look(page, "register")
    page.get_by_role("link", name=re.compile("终止.*低保对象")).click()
    page.get_by_role("textbox", name="最后有效的一天").fill("2026-02-28")
    page.get_by_role("button", name="预览影响").click()
    page.get_by_label("办理的理由").fill("民政局来函")
    look(page, "fact-end")
    page.get_by_role("button", name="确认办理").click()
    page.get_by_text("已结算的就诊已重新核算").wait_for()
    page.get_by_role("link", name=re.compile("更正.*低保对象")).click()
    look(page, "fact-correct")
    page.goto(f"{live_server.url}/people/{person.number}/facts/new/member/")
    page.get_by_label("户内一人的姓名").fill("李建国")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("radio", name=re.compile("李建国")).check()
    look(page, "fact-move")
    page.goto(f"{live_server.url}/visits/new/?person={person.number}")
    page.get_by_label("院内编号").fill("ZY-1")
    page.get_by_label("医药机构").fill("H9")
    page.get_by_role("button", name="登记").click()
    look(page, "visit-new")
