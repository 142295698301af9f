"""The audit trail: every read of personal data and every write, written in its own transaction, sealed afterwards."""
