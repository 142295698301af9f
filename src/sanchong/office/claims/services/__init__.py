"""The commands that move money. Each is all or nothing, under the lock of the person's year.

Every command that writes takes an idempotency key: its repeat gets the first answer, and the same key with another
request is refused.
"""

from sanchong.office.claims.services.closing import close_year
from sanchong.office.claims.services.later import adjust
from sanchong.office.claims.services.reversing import preview_reversal, reverse
from sanchong.office.claims.services.settling import quote, settle

__all__ = ["adjust", "close_year", "preview_reversal", "quote", "reverse", "settle"]
