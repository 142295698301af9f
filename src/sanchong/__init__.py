"""Sanchong (三重): a city's medical-security policy as dated, cited, executable rules.

>>> from sanchong import Engine, Options, load_law
>>> engine = Engine(load_law())
>>> visit = {"id": "v", "kind": "special_drug", "date": "2025-09-01",
...          "in_scope": "20000", "pooled": "12000", "catastrophic": "1000"}
>>> person = {"id": "p", "insurance": "resident", "household_region": "140300",
...           "categories": [{"category": "extreme_poverty", "from": "2025-01-01", "to": None}]}
>>> case = {"case": "c", "region": "140300", "year": 2025, "person": person, "visits": [visit],
...         "terms": {"assistance.in_force_from": "2023-01-01"}}
>>> result = engine.settle(case)
>>> result["visits"][0]["assistance"], result["visits"][0]["patient"]
('1400.00', '5600.00')

``Engine.settle`` takes a case and gives a result, both as the settle contract writes them; a case
that cannot be settled gives a result with ``ok`` false and its error. The small questions are
functions of an engine and a :class:`Setting`.
"""

from sanchong.law.library import Law, load_law
from sanchong.law.yamlfile import LawError
from sanchong.settlement.indicators import (
    budget_execution,
    enrolled_recipients,
    one_stop_providers,
    service_points,
)
from sanchong.settlement.options import Options
from sanchong.settlement.questions import (
    Answer,
    Setting,
    early_warning,
    enrolment_subsidy,
    quarterly_limit,
    recognition_deadline,
)
from sanchong.settlement.refusal import Refusal
from sanchong.settlement.settle import Engine
from sanchong.version import VERSION as __version__

__all__ = [
    "Answer",
    "Engine",
    "Law",
    "LawError",
    "Options",
    "Refusal",
    "Setting",
    "__version__",
    "budget_execution",
    "early_warning",
    "enrolled_recipients",
    "enrolment_subsidy",
    "load_law",
    "one_stop_providers",
    "quarterly_limit",
    "recognition_deadline",
    "service_points",
]
