"""``serve --certificate``: the server speaks TLS itself, to whoever trusts its CA; what cannot be served with is refused."""

from __future__ import annotations

import datetime as dt
import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.office.commanding import ON_POSTGRESQL, new_office

from sanchong.office.operations.certificate import Certificate, read_certificate
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="asks nothing of the database")

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


@dataclass
class Authority:
    """A CA of one's own, which exists for a test."""

    folder: Path

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the tests' CA")])
        made = self._begun(self.name, self.key.public_key(), NOW + DAY)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        uses = dict.fromkeys(
            (
                "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                "key_agreement", "crl_sign", "encipher_only", "decipher_only",
            ),
            False,
        )  # fmt: skip
        made = made.add_extension(x509.KeyUsage(key_cert_sign=True, **uses), critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
        self.file = self.folder / "ca.pem"
        self.file.write_bytes(self._signed(made))

    def server(
        self, name: str = "server", until: dt.datetime = NOW + DAY, password: bytes = b""
    ) -> Certificate:
        """A certificate for 127.0.0.1 with its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        made = self._begun(subject, key.public_key(), until).add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        made = made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        pair = Certificate(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        pair.chain.write_bytes(self._signed(made))
        pair.key.touch(mode=0o600)
        secrecy = (
            serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        )
        pair.key.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secrecy)
        )
        return pair

    def _begun(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, until: dt.datetime
    ) -> x509.CertificateBuilder:
        begun = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key)
        begun = begun.serial_number(x509.random_serial_number())
        return begun.not_valid_before(NOW - 2 * DAY).not_valid_after(until)

    def _signed(self, made: x509.CertificateBuilder) -> bytes:
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@contextmanager
def refused(said: str) -> Iterator[None]:
    """The block is refused, in both languages, and says this."""
    with pytest.raises(Refusal) as caught:
        yield
    assert (caught.value.code, caught.value.where) == ("certificate", "--certificate")
    assert said.lower() in caught.value.messages["en"].lower() and caught.value.messages["zh"]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_the_server_speaks_tls_to_whoever_trusts_its_ca(authority: Authority, tmp_path: Path) -> None:
    office = new_office(tmp_path / "home")
    pair = authority.server()
    trusting = ssl.create_default_context(cafile=authority.file)
    with office.served("--certificate", pair.chain, "--key", pair.key) as address:
        assert address.startswith("https://127.0.0.1:")
        for _ in range(100):
            try:
                answer = urllib.request.urlopen(f"{address}/sign-in/", timeout=10, context=trusting)
                break
            except urllib.error.URLError as problem:
                assert isinstance(problem.reason, ConnectionRefusedError), problem
                time.sleep(0.1)
        with answer:
            assert answer.status == 200 and "登录" in answer.read().decode()
        host, port = address.removeprefix("https://").split(":")
        with (
            socket.create_connection((host, int(port))) as line,
            trusting.wrap_socket(line, server_hostname=host) as spoken,
        ):
            assert spoken.version() == "TLSv1.3"
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"{address}/sign-in/", timeout=10)
        with pytest.raises((OSError, http.client.HTTPException)):
            urllib.request.urlopen(f"{address.replace('https', 'http')}/sign-in/", timeout=10)
        older = ssl.create_default_context(cafile=authority.file)
        older.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"{address}/sign-in/", timeout=10, context=older)


def test_none_is_served_with_none() -> None:
    assert read_certificate(None, None) is None


def test_a_pair_that_fits_is_taken(authority: Authority) -> None:
    pair = authority.server()
    assert read_certificate(pair.chain, pair.key) == pair


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("half", "together"),
        ("missing", "No such file"),
        ("another's key", "mismatch"),
        ("password", "without a password"),
        ("readable", "chmod 600"),
        ("expired", "have it renewed"),
        ("no certificate", "cannot be used"),
    ],
)
def test_what_cannot_be_served_with_is_refused(authority: Authority, what: str, said: str) -> None:
    pair, other = authority.server(), authority.server("other")
    chain, key = pair.chain, pair.key
    match what:
        case "half":
            with refused(said):
                read_certificate(chain, None)
            return
        case "missing":
            chain = chain.with_name("none.pem")
        case "another's key":
            key = other.key
        case "password":
            key = authority.server("locked", password=b"secret").key
        case "readable":
            key.chmod(0o644)
        case "expired":
            pair = authority.server("old", until=NOW - DAY)
            chain, key = pair.chain, pair.key
        case "no certificate":
            chain.write_text("nothing of the kind", encoding="utf-8")
    with refused(said):
        read_certificate(chain, key)
