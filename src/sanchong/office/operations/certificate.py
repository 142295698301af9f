"""The certificate by which the server speaks TLS itself, so that the way from the proxy is encrypted too; checked first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils import timezone

from sanchong.settlement.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files in PEM: the server's certificate with those between it and its CA, and its private key."""

    chain: Path
    key: Path


def read_certificate(chain: Path | None, key: Path | None) -> Certificate | None:
    """The certificate to serve with, None if none is named.

    Refusal ``certificate`` if only one of the two is named, a file cannot be read, the key is another's or needs a password,
    everybody on the machine can read it, or the certificate does not hold today.
    """
    if chain is None and key is None:
        return None
    if chain is None or key is None:
        raise _refused("--certificate 和 --key 须一起给出", "give --certificate and --key together")
    try:
        if key.stat().st_mode & 0o007:
            raise _refused(
                f"{key} 所有人都能读写；请收紧权限（chmod 600）",
                f"everybody can read {key}: take that right away (chmod 600)",
            )
        own = x509.load_pem_x509_certificates(chain.read_bytes())[0]
        fits = load_pem_private_key(key.read_bytes(), None).public_key() == own.public_key()
    except (
        OSError,
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
    ) as problem:  # TypeError: the key asks for a password
        said = getattr(problem, "strerror", None) or type(problem).__name__
        raise _unusable(chain, key, said) from None
    if not fits:
        raise _unusable(chain, key, "mismatch")
    now = timezone.now()
    if not own.not_valid_before_utc <= now <= own.not_valid_after_utc:
        first, last = own.not_valid_before_utc.date(), own.not_valid_after_utc.date()
        raise _refused(
            f"证书 {chain} 的有效期为 {first} 至 {last}；请换发",
            f"the certificate {chain} holds from {first} to {last}: have it renewed",
        )
    return Certificate(chain, key)


def _unusable(chain: Path, key: Path, said: str) -> Refusal:
    return _refused(
        f"证书或私钥不能用（{said}）：请核对 {chain} 与 {key} 是同一对 PEM 文件，私钥不带密码",
        f"{chain} and {key} cannot be used ({said}): they must be a pair in PEM, the key without a password",
    )


def _refused(zh: str, en: str) -> Refusal:
    return Refusal("certificate", "--certificate", zh, en)
