"""What personal data is written with: SM4-GCM under a named key, and an HMAC-SM3 index to find it by.

A cipher text carries the id of its key, so that keys can be changed while old data stays readable. It is bound
to the field that it was written for: moved to another field it does not open. The index key never changes with
the others, since a changed one would find nobody.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES: Final = 16
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
VERSION: Final = 1


class KeyMistake(Exception):
    """A key file that is missing or unusable, or a cipher text that does not open with it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of an office: one to write with, older ones to read with, one to index with."""

    current: int
    ciphers: dict[int, bytes]
    """By id, from 1 to 255: 16 bytes each (SM4)."""
    index: bytes
    """32 bytes (HMAC-SM3)."""

    def encrypt(self, text: str, field: str) -> bytes:
        """``text`` under the current key, bound to ``field`` such as ``people.person.name``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        encryptor = Cipher(algorithms.SM4(self.ciphers[self.current]), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(field.encode())
        body = encryptor.update(text.encode()) + encryptor.finalize()
        return bytes((VERSION, self.current)) + nonce + encryptor.tag + body

    def decrypt(self, data: bytes, field: str) -> str:
        """The text that was encrypted for ``field``; KeyMistake if its key is not here or it was tampered with."""
        head = 2 + NONCE_BYTES
        if len(data) < head + TAG_BYTES or data[0] != VERSION:
            raise KeyMistake(f"{field}: 不是本系统的密文 (not a cipher text of this office)")
        key = self.ciphers.get(data[1])
        if key is None:
            raise KeyMistake(f"{field}: 缺少编号为 {data[1]} 的密钥 (key {data[1]} is not in the key file)")
        nonce, tag, body = data[2:head], data[head : head + TAG_BYTES], data[head + TAG_BYTES :]
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(field.encode())
        try:
            return (decryptor.update(body) + decryptor.finalize()).decode()
        except InvalidTag:
            raise KeyMistake(f"{field}: 密文已被改动或密钥不符 (tampered with, or another key)") from None

    def blind_index(self, text: str, field: str) -> bytes:
        """32 bytes by which ``text`` is found again in ``field`` without being readable."""
        mac = hmac.HMAC(self.index, hashes.SM3())
        mac.update(field.encode() + b"\0" + text.encode())
        return mac.finalize()

    @staticmethod
    def key_of(data: bytes) -> int:
        """The id of the key that a cipher text was written with."""
        return data[1]


def new_keys() -> Keys:
    """Fresh keys for a new office."""
    return Keys(1, {1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(32))


def rotated(keys: Keys) -> Keys:
    """The same keys with a new one to write with; KeyMistake when the 255 ids are used up."""
    following = max(keys.ciphers) + 1
    if following > 255:
        raise KeyMistake("密钥编号已用完 (all 255 key ids are used)")
    return Keys(following, {**keys.ciphers, following: secrets.token_bytes(KEY_BYTES)}, keys.index)


def write_keys(keys: Keys, file: Path) -> None:
    """Write the keys where only their owner can read them, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    data = {
        "current": keys.current,
        "ciphers": {str(name): base64.b64encode(key).decode() for name, key in keys.ciphers.items()},
        "index": base64.b64encode(keys.index).decode(),
    }
    partial = file.with_name(file.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(data, out)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)


def read_keys(file: Path) -> Keys:
    """The keys in ``file``; KeyMistake if it is missing, readable by others, or not what it should be."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        data = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise KeyMistake(f"{file}: 没有密钥文件 (no key file): sanchong office keys new") from None
    except (OSError, ValueError) as problem:
        raise KeyMistake(f"{file}: {problem}") from None
    if mode & 0o077:
        raise KeyMistake(f"{file}: 他人可读，请改为 600 (readable by others: chmod 600)")
    try:
        ciphers = {int(name): base64.b64decode(key) for name, key in data["ciphers"].items()}
        keys = Keys(int(data["current"]), ciphers, base64.b64decode(data["index"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise KeyMistake(f"{file}: 不是密钥文件 (not a key file)") from None
    sizes = all(len(key) == KEY_BYTES and 0 < name < 256 for name, key in keys.ciphers.items())
    if keys.current not in keys.ciphers or not sizes or len(keys.index) != 32:
        raise KeyMistake(f"{file}: 密钥不完整 (keys of the wrong size, or the current one is missing)")
    return keys


@cache
def _read_once(file: Path, _stamp: int) -> Keys:
    return read_keys(file)


def office_keys() -> Keys:
    """The keys of the running office, read anew when the file has changed."""
    from django.conf import settings

    file: Path = settings.ENVIRONMENT.keys
    try:
        stamp = file.stat().st_mtime_ns
    except OSError:
        stamp = 0
    return _read_once(file, stamp)
