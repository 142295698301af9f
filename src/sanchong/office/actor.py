"""Who acts, as far as a service needs to know: an account or a token, and for whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in account, or a program by its token. ``address`` is where the request came from, "" if from here.

    ``provider_code`` limits a program to its provider's visits; "" is the agency. ``realm`` is whose ledger it acts in.
    """

    realm: int
    account: int | None = None
    token: int | None = None
    provider_code: str = ""
    on_behalf_of: str = ""
    address: str = ""

    @property
    def scope(self) -> str:
        """In whose name idempotency keys are chosen."""
        if self.token is not None:
            return f"token:{self.token}"
        return f"account:{self.account}" if self.account is not None else "office"
