"""A visit before it is settled: registered, diagnosed, its fee lines added and withdrawn, discharged, cancelled.

The commands have the shape of the national interface's transactions, so that a gateway only translates: 2201 and 2401
register, 2203 and 2403 diagnose and amend, 2204 and 2301 add lines, 2205 and 2302 withdraw them, 2402 and 2405 discharge
and undo it, 2202 and 2404 cancel.
"""

from sanchong.office.claims.services.visits.course import cancel, diagnose, discharge, undo_discharge
from sanchong.office.claims.services.visits.lines import add_lines, withdraw
from sanchong.office.claims.services.visits.payouts import record_payout, withdraw_payout
from sanchong.office.claims.services.visits.registering import KEEP, amend, register

__all__ = [
    "KEEP",
    "add_lines",
    "amend",
    "cancel",
    "diagnose",
    "discharge",
    "record_payout",
    "register",
    "undo_discharge",
    "withdraw",
    "withdraw_payout",
]
