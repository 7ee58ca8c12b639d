"""What can be set from outside, typed and frozen.

Read once at the start from ``CONVO_…`` variables of the environment, else from ``convo.toml`` in the data
folder, else the default. Each setting says its unit; ``guides/handbook`` lists them, and a test holds that
list complete.
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated

from convo.kernel.errors import WrongSetup

SHIPPED_GUIDES = Path(__file__).resolve().parent.parent / "guides"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one installation."""

    data: Annotated[Path, "Folder of the database and the secret. Default: convo-data."]
    secret_key: Annotated[str, "Signs cookies. Default: made once and kept in the data folder."] = field(
        repr=False
    )
    database_url: Annotated[str, "SQLite or PostgreSQL address. Default: convo.db in the data folder."] = ""
    guides: Annotated[Path, "Folder of the guide and the handbook. Default: the one that ships."] = (
        SHIPPED_GUIDES
    )
    secure_cookies: Annotated[bool, "Cookies over https only: 1 or 0. Default: 1; the demo sets 0."] = True
    session_hours: Annotated[int, "Hours after which everybody signs in again. Default: 12."] = 12
    idle_minutes: Annotated[int, "Minutes without a request until signing in again. Default: 120."] = 120
    cover_minutes: Annotated[int, "Minutes without a touch until a page covers itself. Default: 10."] = 10
    upload_megabytes: Annotated[int, "Largest file that a page or command takes, in MB. Default: 20."] = 20
    flush_milliseconds: Annotated[int, "Pause before what was typed is sent, in ms. Default: 900."] = 900
    sign_in_tries: Annotated[int, "Wrong passwords before an account waits. Default: 5."] = 5
    sign_in_wait_minutes: Annotated[int, "Minutes that an account then waits. Default: 15."] = 15
    demo: Annotated[bool, "Whether this is the fictional school: 1 or 0. Default: 0."] = False

    @property
    def resolved_database_url(self) -> str:
        """Return the database address, with SQLite in the data folder where none is set."""
        return self.database_url or f"sqlite:///{self.data / 'convo.db'}"


def load_settings(
    environment: Mapping[str, str] | None = None, *, data: Path | None = None, **overrides: object
) -> Settings:
    """Return the settings of an installation.

    Raises WrongSetup for a value that cannot be read, and for a key in ``convo.toml`` that does not exist.
    Makes the data folder and its secret when they are missing.
    """
    environment = os.environ if environment is None else environment
    folder = data or Path(environment.get("CONVO_DATA", "convo-data"))
    written = _read_toml(folder / "convo.toml")
    values: dict[str, object] = {"data": folder.resolve()}
    known = {item.name: item for item in fields(Settings)}
    for name in written:
        if name not in known or name == "data":
            raise WrongSetup(f"convo.toml has a setting that does not exist: {name}. Take it out.")
    for name, item in known.items():
        if name == "data":
            continue
        raw = environment.get(f"CONVO_{name.upper()}", written.get(name))
        if raw is not None:
            values[name] = _typed(name, raw, item.default)
    values.update(overrides)
    if "secret_key" not in values:
        values["secret_key"] = _secret_of(folder)
    return Settings(**values)  # type: ignore[arg-type]


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSetup(f"convo.toml cannot be read: {error}.") from error


def _typed(name: str, raw: object, default: object) -> object:
    if isinstance(default, bool):
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        value = words.get(str(raw).strip().lower())
        if value is None:
            raise WrongSetup(f"CONVO_{name.upper()} is {raw!r}. Set it to 1 or 0.")
        return value
    if isinstance(default, int):
        if not str(raw).strip().isdigit() or int(str(raw)) < 1:
            raise WrongSetup(f"CONVO_{name.upper()} is {raw!r}. Set it to a whole number above 0.")
        return int(str(raw))
    if isinstance(default, Path):
        return Path(str(raw)).expanduser()
    return str(raw)


def _secret_of(folder: Path) -> str:
    """Return the installation's secret, made at the first start and readable by its owner only."""
    path = folder / "secret"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        pass
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another worker made it a moment ago
        return path.read_text("ascii").strip()
    except OSError as error:
        raise WrongSetup(
            f"The data folder {folder} cannot be written. Choose another with --data."
        ) from error
    secret = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
