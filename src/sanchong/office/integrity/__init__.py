"""The proof over the whole database: what was paid adds up, and every settlement comes out again. Reads only.

:func:`audit` is the door. It knows the apps below it and writes nothing; the command line gives it a progress bar.
"""

from sanchong.office.integrity.audit import audit
from sanchong.office.integrity.report import Finding, Report

__all__ = ["Finding", "Report", "audit"]
