"""Commands on people and households. Each is all or nothing and leaves its trail.

What is dated is written by keeping.py alone; what identifies a person is kept in ``Person``, and what it was before a
correction in ``FormerData``.
"""

from sanchong.office.people.services.areas import register_area
from sanchong.office.people.services.facts import (
    correct,
    end,
    enrol,
    grant,
    recognise,
    refer,
    register_cross_area,
    waive,
    withdraw,
)
from sanchong.office.people.services.households import Home, form_household, form_households, move, place
from sanchong.office.people.services.persons import (
    PERSON_COLUMNS,
    Identity,
    card_index,
    card_taken,
    cards_of,
    columns_of,
    correct_person,
    differing,
    register_people,
    register_person,
)

__all__ = [
    "PERSON_COLUMNS", "Home", "Identity", "card_index", "card_taken", "cards_of", "columns_of", "correct",
    "correct_person", "differing", "end", "enrol", "form_household", "form_households", "grant", "move", "place",
    "recognise", "refer", "register_area", "register_cross_area", "register_people", "register_person", "waive",
    "withdraw",
]  # fmt: skip
