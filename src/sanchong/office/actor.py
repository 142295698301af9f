"""Who acts, as far as a service needs to know: an account or a token, as what, and for whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in account, or a program by its token. ``address`` is where the request came from, "" if from here.

    ``provider_code`` limits a program or a person to their provider's visits; "" is the agency. ``realm`` is whose
    ledger it acts in. Neither account nor token: the office itself, by a command on its own machine.
    """

    realm: int
    account: int | None = None
    token: int | None = None
    provider_code: str = ""
    on_behalf_of: str = ""
    """The number of the person whose agent acts; "" in one's own name."""
    address: str = ""
    role: str = ""
    """What a signed-in account acts as (``accounts.roles``); "" with a token, and for an insured person."""
    area: str = ""
    """The area for which the role was granted."""
    person: int | None = None
    """The insured person as whom, or for whom, a citizen's account acts."""

    @property
    def scope(self) -> str:
        """In whose name idempotency keys are chosen."""
        if self.token is not None:
            return f"token:{self.token}"
        return f"account:{self.account}" if self.account is not None else "office"
