"""What an actor sees: the one place that every list, object and export asks.

It knows the models of all apps and is called by their queries. By default nothing is seen: each way of seeing is a line here.

- a person sees themselves, an agent the one for whom it acts;
- a provider, by its people or its program, sees its own visits and the people who had them;
- a post for an area sees those whose household is registered there or who are insured there, now, and their visits
  if the role has to do with visits; the agency's clerks also those who belong nowhere yet, whom they have just registered;
- an auditor sees the trail, and whose data it tells of under half a name;
- a program of the agency, and the office itself on its own machine, see their realm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from sanchong.dates import today
from sanchong.office.accounts.roles import ROLES, Role
from sanchong.office.actor import Actor
from sanchong.office.claims.models import Settlement, Visit
from sanchong.office.people.models import Enrolment, Member, Person, Registration
from sanchong.office.providers.models import Post, Provider
from sanchong.office.studies.models import Kind, Study
from sanchong.office.trail.models import Entry
from sanchong.settlement.refusal import Refusal

R = TypeVar("R", bound=Model)


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields an actor may be shown, of those whom it sees."""

    clinical: bool
    """Diagnoses, recognised diseases, fee lines and items."""
    amounts: bool
    """What was charged and who paid it."""


ALL: Final = Fields(clinical=True, amounts=True)
NONE: Final = Fields(clinical=False, amounts=False)


def visible_people(actor: Actor, people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of ``people`` whom the actor sees."""
    people = people.filter(realm=actor.realm)
    if actor.person is not None:
        return people.filter(pk=actor.person)
    if actor.provider_code:
        return people.filter(
            Exists(Visit.objects.filter(person=OuterRef("pk"), provider__code=actor.provider_code))
        )
    if _is_whole(actor):
        return people
    role = _role(actor)
    if role is None or not role.sees_people:
        return people.none()
    return people.filter(_belongs(actor, role, "pk"))


def findable_people(actor: Actor, people: QuerySet[Person], *, presented: bool = False) -> QuerySet[Person]:
    """Those of ``people`` whom the actor may look up: whom it sees and, at a provider, whoever presents themselves.

    A provider's program was given a number by us, for a document that was presented to it.
    """
    if actor.provider_code and actor.person is None and (presented or actor.account is None):
        return people.filter(realm=actor.realm)
    return visible_people(actor, people)


def counted_people(actor: Actor, people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of ``people`` over whose visits the actor may know sums: an analyst of its area, without seeing one of them."""
    role = _role(actor)
    if role is not None and role.counts:
        return people.filter(realm=actor.realm).filter(_belongs(actor, role, "pk"))
    people = visible_people(actor, people)
    return people if fields_for(actor).amounts else people.none()


def visible_visits(actor: Actor, visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Those of ``visits`` that the actor sees."""
    visits = visits.filter(realm=actor.realm)
    if actor.provider_code and actor.person is None:
        # The database looks the provider's id up first, and then reads an index in its order.
        return visits.filter(
            provider=Subquery(Provider.objects.filter(code=actor.provider_code).values("pk")[:1])
        )
    return _of_people(actor, visits, "person")


def visible_settlements(actor: Actor, settlements: QuerySet[Settlement]) -> QuerySet[Settlement]:
    """Those of ``settlements`` that the actor sees: a provider those of its own visits, who sees a person's visits also the
    year's ends.
    """
    settlements = settlements.filter(realm=actor.realm)
    if actor.provider_code and actor.person is None:
        return settlements.filter(visit__provider=known_provider(actor.provider_code))
    return _of_people(actor, settlements, "year__person")


def known_provider(code: str) -> int:
    """A provider's id, looked up beforehand (0 if there is none), to find settlements by it.

    A settlement's provider is its visit's: by the id the database knows whether it has so many visits that reading settlements
    from the newest finds enough soon, or so few that it better begins with them.
    """
    return Provider.objects.filter(code=code).values_list("pk", flat=True).first() or 0


def visible_posts(actor: Actor, posts: QuerySet[Post]) -> QuerySet[Post]:
    """Who works where: for the agency, reviewers and whoever keeps the register; a provider sees its own."""
    if actor.provider_code:
        return posts.filter(provider__code=actor.provider_code)
    role = _role(actor)
    if _is_whole(actor) or (role is not None and (role.serves or role.keeps or role.code == "reviewer")):
        return posts
    return posts.none()


def may_study(actor: Actor) -> bool:
    """Whether the actor starts studies and sees their sums: analysts, and who keeps the city's affairs for the agency."""
    role = _role(actor)
    return role is not None and (role.counts or (role.serves and role.keeps))


def visible_studies(actor: Actor, studies: QuerySet[Study]) -> QuerySet[Study]:
    """Simulations, which have nobody's data, for all who may study; a batch for whoever started it."""
    if not may_study(actor):
        return studies.none()
    return studies.filter(Q(kind=Kind.SIMULATION) | Q(by=actor.account), realm=actor.realm)


def may_audit(actor: Actor) -> bool:
    """Whether the actor reads the trail: auditors, who are no administrators and see nothing else of people."""
    role = _role(actor)
    return role is not None and role.audits and actor.person is None


def visible_entries(actor: Actor, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Those of the trail's ``entries`` that the actor sees: an auditor all, everybody else none."""
    return entries if may_audit(actor) else entries.none()


def fields_for(actor: Actor) -> Fields:
    """Which fields the actor may be shown of whom and what it sees."""
    if actor.person is not None or _is_whole(actor):
        return ALL
    role = _role(actor)
    if role is None:
        # A provider's program has no role: it treats.
        return ALL if actor.provider_code and actor.account is None else NONE
    return Fields(clinical=role.clinical, amounts=role.sees_visits)


def require_clinical(actor: Actor) -> None:
    """Refuse whoever may not see medical data, where there is nothing else to show."""
    if not fields_for(actor).clinical:
        raise Refusal(
            "clinical",
            "actor",
            "所在岗位不能查询病种等医疗信息；如因工作需要，请联系医保经办机构",
            "this post does not see medical data; if you need it, ask the agency",
        )


def require_amounts(actor: Actor) -> None:
    """Refuse whoever may not see amounts, where there is nothing else to show."""
    if not fields_for(actor).amounts:
        raise Refusal(
            "amounts",
            "actor",
            "所在岗位不能查询费用和支付金额；如因工作需要，请联系医保经办机构",
            "this post does not see what was charged and paid; if you need it, ask the agency",
        )


def lists_people(actor: Actor) -> bool:
    """Whether the actor may go through lists of people and search by name; a provider and a citizen may not."""
    if actor.person is not None or actor.provider_code:
        return False
    role = _role(actor)
    return _is_whole(actor) or (role is not None and role.sees_people)


def area_prefix(area: str) -> str:
    """What the codes of an area's parts begin with: of a province two digits, of a city four."""
    if len(area) == 6 and area.endswith("0000"):
        return area[:2]
    return area[:4] if len(area) == 6 and area.endswith("00") else area


def _of_people(actor: Actor, rows: QuerySet[R], person: str) -> QuerySet[R]:
    """Rows about visits, by whose they are (a person's key, at ``person``), for whoever is no provider."""
    if actor.person is not None:
        return rows.filter(**{person: actor.person})
    if _is_whole(actor):
        return rows
    role = _role(actor)
    if role is None or not role.sees_visits:
        return rows.none()
    return rows.filter(_belongs(actor, role, person))


def _is_whole(actor: Actor) -> bool:
    """A program of the agency, or the office itself."""
    return actor.account is None and not actor.provider_code and actor.person is None


def _role(actor: Actor) -> Role | None:
    return ROLES.get(actor.role)


def _belongs(actor: Actor, role: Role, person: str) -> Q:
    """People (by their key, at ``person`` of the outer query) who belong to the actor's area today."""
    if not actor.area:
        return Q(pk__in=())
    now, prefix = today(), area_prefix(actor.area)

    def held(model: Any, **what: Any) -> Any:
        return model.objects.at(now, now).filter(**what)

    registered = held(Registration, household=OuterRef("household"), area__code__startswith=prefix)
    household = held(Member, person=OuterRef(person)).filter(Exists(registered))
    insured = held(Enrolment, person=OuterRef(person)).filter(
        Q(region__startswith=prefix) | Q(area__code__startswith=prefix)
    )
    here = Q(Exists(household)) | Q(Exists(insured))
    if not role.serves:
        return here
    nowhere = ~Exists(Member.objects.filter(person=OuterRef(person))) & ~Exists(
        Enrolment.objects.filter(person=OuterRef(person))
    )
    return here | Q(nowhere)
