"""Passwords and random tokens: how they are made, kept and checked. Only hashes are stored."""

import hashlib
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage: 19 MiB, two passes, one lane. More, and 30 teachers at 8:30 wait for each other.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked where there is no account, so that the answer takes as long as for one that exists.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Return the Argon2id hash to store."""
    return _HASHER.hash(_typed_alike(password))


def is_password(stored: str | None, password: str) -> bool:
    """Return whether the password belongs to the stored hash; takes equally long where none is stored."""
    try:
        return _HASHER.verify(stored or _NOBODY, _typed_alike(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(stored: str) -> bool:
    """Return whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def new_token() -> str:
    """Return a random token of 256 bits, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a token: it is random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _typed_alike(password: str) -> str:
    """Return the password in one spelling: keyboards differ in how they compose "é"."""
    whole = password.encode("utf-8", "replace").decode()  # JSON can carry half a character
    return unicodedata.normalize("NFC", whole)
