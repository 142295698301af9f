"""The register of a person as pages: facts shown, put in, ended, corrected, withdrawn. Figures as in test_later.py."""

from __future__ import annotations

import re
import time
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.office import staffed
from tests.office.pages import enter, text_of
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.accounts import knocking
from sanchong.office.claims import services
from sanchong.office.claims.models import LaterFact, Settlement
from sanchong.office.keeping import When
from sanchong.office.people import services as people
from sanchong.office.people.models import (
    Area,
    Enrolment,
    Grant,
    Household,
    Member,
    Person,
    Registration,
    Waiver,
)
from sanchong.office.trail.models import Entry
from sanchong.office.web import sessions

pytestmark = pytest.mark.django_db
ALLOWANCE = {"category": "subsistence_allowance", "department": "城区民政局", "from": "2026-01-01"}


@pytest.fixture
def office() -> Staffed:
    return staffed.opened()


def settled(
    office: Staffed, category: str | None, name: str = "王秀兰", home: Household | None = None
) -> Person:
    """Somebody, of a household of their own or of ``home``, with a settled stay of 12,000 in March: 1,885.00 is left of it."""
    person = staffed.named(office.city.person(category), name)
    if home is not None:
        staffed.instead(Member.objects.get(person=person), household=home)
    visit = office.city.visit(person, "inpatient", "2026-03-10", ("A1", "12000"))
    services.settle(visit.number, f"key-{visit.number}", office.city.actor)
    return person


def home_of(person: Person) -> Household:
    return Household.objects.get(members__person=person)


def confirmation(response: Any) -> dict[str, str]:
    """The fields of the form that confirms what is shown."""
    page = response.content.decode()
    form = page[page.index('name="step" value="confirm"') - 30 :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")])
    return {name: unescape(value) for name, value in found} | {"reason": "民政局来函"}


def done(client: Client, page: str, said: dict[str, str]) -> str:
    """A form previewed and confirmed; what the preview said."""
    shown = client.post(page, said | {"step": "preview"})
    assert shown.status_code == 200, text_of(shown)
    before = (Settlement.objects.count(), LaterFact.objects.count())
    sent = client.post(page, confirmation(shown))
    assert sent.status_code == 302 and sent.headers["Location"].endswith("/facts/"), text_of(sent)
    assert LaterFact.objects.count() == before[1] + 1
    return text_of(shown)


def test_the_register_shows_the_household_and_every_row_with_its_ground(office: Staffed) -> None:
    person = settled(office, "subsistence_allowance")
    child = staffed.named(office.city.person(None), "王小明")
    staffed.instead(Member.objects.get(person=child), household=home_of(person), source="户口簿")
    client = enter(office, "agency_county")
    link = f"/people/{person.number}/facts/"
    assert link in client.get(f"/people/{person.number}/").content.decode()
    page = client.get(link)
    shown = text_of(page)
    for said in (
        "王秀兰",
        "王小明",
        "户口簿",
        "低保对象（全户）",
        "城乡居民",
        "城区",
        "2025-01-01 至 长期",
        "民政局",
    ):
        assert said in shown, said
    grant = Grant.objects.get()
    for act in ("end", "correct", "withdraw"):
        assert f"{link}grant/{grant.pk}/{act}/" in page.content.decode()
    seen = Entry.objects.filter(account=office.account("agency_county").pk)
    assert seen.filter(act="person.register_read", person_id=person.pk).exists()
    assert seen.filter(act="person.household", person_id=child.pk).exists()


def test_a_category_of_the_household_reaches_each_of_its_people(office: Staffed) -> None:
    one = settled(office, None)
    other = settled(office, None, "李建国", home_of(one))
    client = enter(office, "agency_county")
    shown = done(client, f"/people/{one.number}/facts/new/home_category/", ALLOWANCE)
    assert shown.count("应退个人 1,319.50") == 2 and "应退个人 2,639.00" in shown  # twice 1,319.50
    held = Grant.objects.get()
    assert (held.household, held.person, held.known_from) == (home_of(one), None, today())
    assert {s.year.person for s in Settlement.objects.filter(kind="adjust")} == {one, other}
    assert "2026 年度已结算的就诊已重新核算" in text_of(client.get(f"/people/{one.number}/facts/"))
    acts = set(Entry.objects.filter(account=office.account("agency_county").pk).values_list("act", flat=True))
    assert {"grant.record", "claims.preview_later", "claims.confirm_later"} <= acts


def test_a_fact_is_ended_and_what_was_known_until_today_stays(office: Staffed) -> None:
    person = settled(office, "subsistence_allowance")
    row = Grant.objects.get()
    client = enter(office, "agency_county")
    shown = done(client, f"/people/{person.number}/facts/grant/{row.pk}/end/", {"to": "2026-02-28"})
    assert "终止日期 长期 2026-02-28" in shown and "应向个人追回 1,319.50" in shown
    ended = Grant.objects.current().get()
    assert (str(ended.end), ended.known_from, ended.supersedes_id) == ("2026-02-28", today(), row.pk)
    assert ended.source == "民政局来函"
    row.refresh_from_db()
    assert row.end is None  # the old row is as it was: what was known until today
    page = text_of(client.get(f"/people/{person.number}/facts/"))
    assert "2025-01-01 至 2026-02-28 已终止" in page and "已被取代或撤回的记录 1 条" in page


def test_a_fact_is_corrected_item_by_item(office: Staffed) -> None:
    """Low-income neighbours get half: of 1,885.00 no more than the category's own rate says; the page shows what changes."""
    person = settled(office, "subsistence_allowance")
    row = Grant.objects.get()
    address = f"/people/{person.number}/facts/grant/{row.pk}/correct/"
    client = enter(office, "agency_county")
    asked = client.get(address).content.decode()
    assert 'value="subsistence_allowance" selected' in asked and 'value="2025-01-01"' in asked
    stood = {"category": "subsistence_allowance", "department": "民政局", "from": "2025-01-01"}
    nothing = client.post(address, stood | {"step": "preview"})
    assert nothing.status_code == 409 and "没有更改任何一项" in text_of(nothing)
    shown = done(client, address, stood | {"from": "2026-04-01"})
    assert "开始日期 2025-01-01 2026-04-01" in shown and "应向个人追回 1,319.50" in shown
    assert "类别 低保对象 低保对象" not in shown  # what stays is not listed
    assert str(Grant.objects.current().get().start) == "2026-04-01"


def test_a_row_that_should_not_be_is_withdrawn(office: Staffed) -> None:
    person = settled(office, "subsistence_allowance")
    row = Grant.objects.get()
    shown = done(
        enter(office, "agency_county"), f"/people/{person.number}/facts/grant/{row.pk}/withdraw/", {}
    )
    assert "自今天起不再算数" in shown and "应向个人追回 1,319.50" in shown
    assert not Grant.objects.current().exists()


def test_a_move_to_another_household_is_a_fact_of_its_own(office: Staffed) -> None:
    person, home = settled(office, None), home_of(office.city.person())
    client = enter(office, "agency_county")
    address = f"/people/{person.number}/facts/new/member/"
    wrong = client.post(address, {"household": "H-NOWHERE", "from": "2026-01-01", "step": "preview"})
    assert wrong.status_code == 409 and "没有这个户" in text_of(wrong)
    shown = done(client, address, {"household": home.number, "from": "2026-01-01", "source": "户口簿"})
    assert "应退个人 1,319.50" in shown
    assert Member.objects.at(today(), today()).get(person=person).household == home
    year = text_of(client.get(f"/people/{person.number}/year/2026/"))
    assert "因补记的迁入户而重算" in year


def test_a_household_is_found_by_who_lives_there(office: Staffed) -> None:
    """By name, number, document or the household's own number: it is shown with its place and people, and one is chosen."""
    person, other = settled(office, None), staffed.named(office.city.person(), "李建国")
    child = staffed.named(office.city.person(None), "李小明")
    staffed.instead(Member.objects.get(person=child), household=home_of(other))
    home, client = home_of(other), enter(office, "agency_county")
    address = f"/people/{person.number}/facts/new/member/"
    before = client.get(address).content.decode()
    assert 'name="who"' in before and 'type="radio"' not in before
    other.identity_index = Person.index_of("identity", other.identity_number)
    other.save(update_fields=["identity_index"])
    typed = {"from": "2026-01-01", "source": "户口簿"}
    for who in ("李建国", "李小明", other.number, other.number.lower(), other.identity_number, home.number):
        found = client.post(address, typed | {"step": "find", "who": f" {who} "})
        assert found.status_code == 200 and "查到 1 户" in text_of(found), who
        assert f"{home.number} 城区 · 李建国、李小明" in text_of(found)
        page = found.content.decode()
        assert f'type="radio" name="household" value="{home.number}"' in page
        assert page.count('value="2026-01-01"') == 2, (
            "what was typed stands, and goes along with the next search"
        )
    assert who not in found.request["QUERY_STRING"]
    read = Entry.objects.filter(account=office.account("agency_county").pk, act="person.household")
    assert read.filter(person_id=child.pk, details__household=home.number).exists()
    shown = client.post(address, typed | {"household": home.number, "step": "preview"})
    assert shown.status_code == 200 and f'value="{home.number}" checked' in shown.content.decode()
    assert "李建国、李小明" in text_of(shown), "the household is in words wherever one confirms it"
    assert client.post(address, confirmation(shown)).status_code == 302
    assert Member.objects.at(today(), today()).get(person=person).household == home


def test_a_search_finds_nothing_next_door(office: Staffed) -> None:
    person, away = settled(office, None), staffed.named(office.city.person(), "李建国")
    staffed.moved(away, "140303")
    home, address = home_of(away), f"/people/{person.number}/facts/new/member/"
    away.identity_index = Person.index_of("identity", away.identity_number)
    away.save(update_fields=["identity_index"])
    client = enter(office, "agency_county")
    for who in ("李建国", away.number, away.identity_number, home.number, "李建", "H"):
        answer = client.post(address, {"step": "find", "who": who})
        text = text_of(answer)
        assert answer.status_code == 200 and "没有查到" in text and "矿区" not in text, who
        assert 'type="radio"' not in answer.content.decode()
    forced = client.post(address, {"household": home.number, "from": "2026-01-01", "step": "preview"})
    assert forced.status_code == 409 and "没有这个户" in text_of(forced) and "李建国" not in text_of(forced)
    assert "查到 1 户" in text_of(
        enter(office, "agency_city").post(address, {"step": "find", "who": "李建国"})
    )


def test_of_a_household_only_those_are_named_whom_the_clerk_sees(office: Staffed) -> None:
    """He is insured here and lives next door with somebody who is not: the household is reached through him, she is not named."""
    person, here = settled(office, None), staffed.named(office.city.person(None), "李建国")
    away = staffed.named(office.city.person(None), "陈桂芳")
    staffed.moved(away, "140303")
    staffed.instead(Enrolment.objects.get(person=here), area_id="140302")
    staffed.instead(Member.objects.get(person=here), household=home_of(away))
    client = enter(office, "agency_county")
    found = text_of(
        client.post(f"/people/{person.number}/facts/new/member/", {"step": "find", "who": "李建国"})
    )
    assert "矿区 · 李建国，另有辖区外 1 人" in found and "陈桂芳" not in found


def test_who_may_not_keep_the_register_finds_no_household(office: Staffed) -> None:
    person = settled(office, None)
    for role in ("civil_affairs", "provider_operator", "analyst", "finance"):
        answer = enter(office, role).post(
            f"/people/{person.number}/facts/new/member/", {"step": "find", "who": "王秀兰"}
        )
        assert answer.status_code == 403 and "查到" not in text_of(answer)


def test_searches_for_households_count_as_looking_people_up(
    office: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, client = settled(office, None), enter(office, "agency_county")
    monkeypatch.setattr(knocking, "MOST_LOOKUPS", 2)
    address = f"/people/{person.number}/facts/new/member/"
    statuses = [client.post(address, {"step": "find", "who": "无人"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.get(address).status_code == 200


def test_a_place_is_chosen_by_its_name(office: Staffed) -> None:
    person, client = settled(office, None), enter(office, "agency_county")
    address = f"/people/{person.number}/facts/new/registration/"
    page = client.get(address).content.decode()
    assert (
        '<option value="140302001001 城区 上站街道 新华社区">' in page
        and '<option value="140302 城区">' in page
    )
    assert "矿区" not in page, "the area next door is not offered"
    for area in ("140302001001 城区 上站街道 新华社区", "新华社区", "140302001001"):
        shown = client.post(address, {"area": area, "from": "2026-06-01", "step": "preview"})
        assert shown.status_code == 200 and confirmation(shown)["area"] == area
    for area, said in (("没有的社区", "应为列表中的一项"), ("14030", "应为6、9 或 12 位行政区划代码")):
        wrong = client.post(address, {"area": area, "from": "2026-06-01", "step": "preview"})
        assert (
            wrong.status_code == 422
            and said in text_of(wrong)
            and f'value="{area}"' in wrong.content.decode()
        )
    Area.objects.create(code="140302001002", name="新华社区", level="village", parent_id="140302001")
    twice = client.post(address, {"area": "新华社区", "from": "2026-06-01", "step": "preview"})
    assert twice.status_code == 422 and "“新华社区”有 2 处" in text_of(twice)
    own = client.post(
        f"/people/{person.number}/facts/new/own_home/",
        {"area": "上站街道", "from": "2026-06-01", "step": "preview"},
    )
    assert own.status_code == 200, text_of(own)
    village = enter(office, "agency_city").get(address).content.decode()
    assert '<option value="140303 矿区">' in village


def test_a_registration_and_a_membership_are_corrected_by_choosing(office: Staffed) -> None:
    person, other = settled(office, None), staffed.named(office.city.person(), "李建国")
    client = enter(office, "agency_county")
    row = Registration.objects.current().get(household=home_of(person))
    address = f"/people/{person.number}/facts/registration/{row.pk}/correct/"
    assert 'value="140302 城区"' in client.get(address).content.decode()
    shown = done(client, address, {"area": "140302001 城区 上站街道", "from": str(row.start)})
    assert "户籍地 城区 城区 上站街道" in shown
    assert Registration.objects.current().get(household=home_of(person)).area_id == "140302001"
    member = Member.objects.get(person=person)
    address = f"/people/{person.number}/facts/member/{member.pk}/correct/"
    asked = client.get(address).content.decode()
    assert f'value="{member.household.number}" checked' in asked
    found = client.post(address, {"step": "find", "who": "李建国", "from": str(member.start)})
    assert f'value="{home_of(other).number}"' in found.content.decode()
    done(client, address, {"household": home_of(other).number, "from": str(member.start)})
    assert Member.objects.current().get(person=person).household == home_of(other)


def waived(office: Staffed, person: Person) -> str:
    """A waiver of dialysis with a kidney transplant, which exclude each other, recorded; the address that corrects it."""
    when = When(date(2026, 1, 1), source="会议纪要")
    row = people.waive(office.city.actor, person, "transplant:kidney", "dialysis", when)
    return f"/people/{person.number}/facts/waiver/{row.pk}/correct/"


def test_a_waivers_diseases_are_corrected(office: Staffed) -> None:
    person = settled(office, None)
    address, client = waived(office, person), enter(office, "agency_county")
    page = client.get(address).content.decode()
    assert 'value="dialysis" selected' in page and 'value="transplant:kidney" selected' in page
    said = {"first": "ckd", "second": "dialysis", "from": "2026-01-01"}
    shown = done(client, address, said)
    assert "病种甲 透析 慢肾" in shown and "病种乙 器官移植（肾移植） 透析" in shown
    row = Waiver.objects.current().get()
    assert (row.first, row.second) == ("ckd", "dialysis"), "the pair has one order"
    assert (row.source, str(row.start), row.known_from) == ("民政局来函", "2026-01-01", today())


@pytest.mark.parametrize(
    ("said", "at", "why"),
    [
        ({"first": "dialysis", "second": "dialysis"}, "second", "应为两个不同的病种"),
        ({"first": "none_such"}, "first", ""),
        ({"second": ""}, "second", "请选择"),
    ],
)
def test_a_pair_that_cannot_be_waived_is_refused_at_its_field(
    office: Staffed, said: dict[str, str], at: str, why: str
) -> None:
    person = settled(office, None)
    address = waived(office, person)
    stood = {"first": "dialysis", "second": "transplant:kidney", "from": "2026-01-01", "step": "preview"}
    answer = enter(office, "agency_county").post(address, stood | said)
    page = answer.content.decode()
    assert answer.status_code in (409, 422) and Waiver.objects.count() == 1
    assert f'id="x-{at}">{why}' in page and page.count("aria-invalid") == 1


def test_the_same_pair_the_other_way_round_changes_nothing(office: Staffed) -> None:
    person = settled(office, None)
    address, client = waived(office, person), enter(office, "agency_county")
    swapped = {"first": "transplant:kidney", "second": "dialysis", "from": "2026-01-01", "step": "preview"}
    answer = client.post(address, swapped)
    assert answer.status_code == 409 and "没有更改任何一项" in text_of(answer)
    later = client.post(address, swapped | {"from": "2026-02-01"})
    assert later.status_code == 200 and "病种甲 透析 " not in text_of(later), (
        "the period is put right, the pair stays"
    )


def test_another_place_of_registration_and_another_insurance(office: Staffed) -> None:
    person = settled(office, "subsistence_allowance")
    client = enter(office, "agency_county")
    moved = {"area": "140303", "from": "2026-06-01"}
    shown = done(client, f"/people/{person.number}/facts/new/registration/", moved)
    assert "不改变任何已结算的就诊" in shown
    row = Enrolment.objects.get()
    client = enter(office, "agency_city")  # the household is of the district next door now
    page = f"/people/{person.number}/facts/enrolment/{row.pk}/end/"
    shown = text_of(client.post(page, {"to": "2026-01-31", "step": "preview"}))
    assert "将不能再结算" in shown and "确认办理" not in shown


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"from": "2026-13-01"}, "不是日期"),
        ({"from": ""}, "请填写"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "日期"),
        ({"category": "rich"}, "应为下列之一"),
    ],
)
def test_a_mistake_is_said_where_it_happened(office: Staffed, said: dict[str, str], where: str) -> None:
    person = settled(office, None)
    page = f"/people/{person.number}/facts/new/home_category/"
    answer = enter(office, "agency_county").post(page, ALLOWANCE | said | {"step": "preview"})
    assert answer.status_code in (409, 422) and where in text_of(answer)
    assert "确认办理" not in text_of(answer) and not Grant.objects.exists()


def test_money_moves_back_only_after_proof_and_what_was_typed_survives_it(office: Staffed) -> None:
    person = settled(office, "subsistence_allowance")
    page = f"/people/{person.number}/facts/grant/{Grant.objects.get().pk}/end/"
    client = enter(office, "agency_county")
    shown = client.post(page, {"to": "2026-02-28", "step": "preview"})
    session = client.session
    session[sessions.PROVED] = int(time.time()) - sessions.PROVED_FOR - 1
    session.save()
    sent = client.post(page, confirmation(shown), headers={"referer": f"http://testserver{page}"})
    assert sent.headers["Location"].startswith("/account/prove/") and not LaterFact.objects.exists()
    assert 'value="2026-02-28"' in client.get(page).content.decode()


def test_what_changed_since_the_preview_is_refused(office: Staffed) -> None:
    person = settled(office, "subsistence_allowance")
    page = f"/people/{person.number}/facts/grant/{Grant.objects.get().pk}/end/"
    client = enter(office, "agency_county")
    shown = client.post(page, {"to": "2026-02-28", "step": "preview"})
    visit = office.city.visit(person, "inpatient", "2026-04-10", ("A1", "3000"))
    services.settle(visit.number, "key-meanwhile", office.city.actor)
    answer = client.post(page, confirmation(shown))
    assert answer.status_code == 409 and "重新预览" in text_of(answer) and not LaterFact.objects.exists()


def addresses(person: Person) -> list[str]:
    base, grant = f"/people/{person.number}/facts/", Grant.objects.get().pk
    rows = [f"{base}grant/{grant}/{act}/" for act in ("end", "correct", "withdraw")]
    return [base, *rows, *[f"{base}new/{kind}/" for kind in ("home_category", "member", "registration", "enrolment")]]  # fmt: skip


def test_next_door_and_departments_reach_nothing(office: Staffed) -> None:
    person = settled(office, "subsistence_allowance")
    staffed.moved(person, "140303")
    said = {"to": "2026-02-28", "step": "confirm", "key": "key-later", "reason": "x"} | ALLOWANCE
    expected = {
        "agency_county": 404, "civil_affairs": 403, "finance": 403, "expert": 403, "analyst": 403,
        "provider_operator": 403, "administrator": 403,
    }  # fmt: skip
    for role, status in expected.items():
        client = enter(office, role)
        for page in addresses(person):
            assert client.get(page).status_code == status, (role, page)
            if not page.endswith("/facts/"):
                assert client.post(page, said).status_code == status, (role, page)
    assert not LaterFact.objects.exists() and Grant.objects.count() == 1
    assert enter(office, "agency_city").get(addresses(person)[0]).status_code == 200


def test_a_row_is_reached_through_its_own_person_only(office: Staffed) -> None:
    person, other = settled(office, "subsistence_allowance"), settled(office, None, "李建国")
    client = enter(office, "agency_county")
    row = Grant.objects.get().pk
    assert client.get(f"/people/{other.number}/facts/grant/{row}/end/").status_code == 404
    assert client.get(f"/people/{person.number}/facts/grant/{row}/erase/").status_code == 404
    assert client.get(f"/people/{person.number}/facts/visit/{row}/end/").status_code == 404
    assert client.get(f"/people/{person.number}/facts/new/law/").status_code == 404


def test_who_has_no_household_is_told_what_to_do(office: Staffed) -> None:
    person = settled(office, None)
    staffed.instead(Member.objects.get(person=person), withdrawn=True)
    page = enter(office, "agency_county").get(f"/people/{person.number}/facts/")
    assert page.status_code == 404  # insured by the city, of no household: the county sees them no more
    page = enter(office, "agency_city").get(f"/people/{person.number}/facts/")
    assert "今天不属于任何一户" in text_of(page) and "new/registration/" not in page.content.decode()


def test_of_a_household_next_door_that_was_left_nothing_more_is_told(office: Staffed) -> None:
    person, away = settled(office, None), office.city.person("extreme_poverty")
    staffed.moved(away, "140303")
    left = Member.objects.get(person=person)
    staffed.instead(left, start=left.start.replace(month=6))
    day = {"start": left.start, "end": left.start, "known_from": left.start}
    Member.objects.create(person=person, household=home_of(away), **day)
    shown = text_of(enter(office, "agency_county").get(f"/people/{person.number}/facts/"))
    assert f"户 {home_of(away).number}" in shown and "特困" not in shown and "矿区" not in shown
    assert "特困" in text_of(enter(office, "agency_city").get(f"/people/{person.number}/facts/"))
