"""What a tablet keeps encrypted of a person's changes, and the file that it saves of them."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from os import urandom
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from convo.access.rules import tablet_key
from convo.settings import Settings

_IN_THE_CLEAR = {"v", "id", "base"}


def record(settings: Settings, person: UUID, conversation: UUID, change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a change as it lies on the tablet of this person, its bytes in base64."""
    said = {name: value for name, value in change.items() if name not in _IN_THE_CLEAR}
    return {
        **{name: value for name, value in change.items() if name in _IN_THE_CLEAR},
        "person": str(person),
        "conversation": str(conversation),
        **sealed(settings, person, said),
    }


def sealed(settings: Settings, person: UUID, said: Any) -> dict[str, str]:
    """Return what a tablet keeps encrypted for this person, its bytes in base64."""
    iv, key = urandom(12), b64decode(tablet_key(settings.secret_key, person))
    data = AESGCM(key).encrypt(iv, json.dumps(said).encode(), None)
    return {"iv": b64encode(iv).decode(), "data": b64encode(data).decode()}


def unsent_file(
    settings: Settings, person: UUID, conversation: UUID, *changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a tablet saves to a file."""
    return {
        "convo": 1,
        "person": str(person),
        "conversation": str(conversation),
        "changes": [record(settings, person, conversation, change) for change in changes],
    }
