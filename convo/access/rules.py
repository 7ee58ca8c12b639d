"""Who may do what, as data: roles, permissions and the plain object that says who is asking."""

import enum
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from convo.kernel.errors import Refused
from convo.kernel.text import clean_line, folded


class Role(enum.StrEnum):
    """What a person is in a school."""

    TEACHER = "teacher"
    SENCO = "senco"
    DATA_MANAGER = "data manager"
    HEAD = "head"
    ASSISTANT = "assistant"


class Permission(enum.Enum):
    """Something that a view asks for before it does anything."""

    SEE_HOME = enum.auto()
    SEE_ALL_PUPILS = enum.auto()  # else only those of whom one is key teacher, or takes part
    HOLD_CONVERSATIONS = enum.auto()
    SEE_ALL_CONVERSATIONS = enum.auto()
    SEE_HORIZON = enum.auto()
    IMPORT_ROLL = enum.auto()
    EDIT_PEOPLE = enum.auto()
    MANAGE_STAFF = enum.auto()
    MANAGE_SCHOOL = enum.auto()
    USE_PRINT_LIST = enum.auto()
    USE_ACCOUNT = enum.auto()  # one's own password and sign-ins; also the log that only one person may read
    READ_TRAIL = enum.auto()


_EVERYONE = frozenset(Role)

PERMISSIONS: Mapping[Permission, frozenset[Role]] = {
    Permission.SEE_HOME: _EVERYONE,
    Permission.SEE_ALL_PUPILS: frozenset({Role.SENCO, Role.DATA_MANAGER, Role.HEAD}),
    Permission.HOLD_CONVERSATIONS: frozenset({Role.TEACHER, Role.SENCO, Role.HEAD}),
    Permission.SEE_ALL_CONVERSATIONS: frozenset({Role.SENCO}),
    Permission.SEE_HORIZON: frozenset({Role.SENCO, Role.HEAD}),
    Permission.IMPORT_ROLL: frozenset({Role.DATA_MANAGER}),
    Permission.EDIT_PEOPLE: frozenset({Role.DATA_MANAGER, Role.SENCO, Role.TEACHER}),
    Permission.MANAGE_STAFF: frozenset({Role.DATA_MANAGER}),
    Permission.MANAGE_SCHOOL: frozenset({Role.DATA_MANAGER, Role.SENCO}),
    Permission.USE_PRINT_LIST: frozenset({Role.DATA_MANAGER, Role.SENCO}),
    Permission.USE_ACCOUNT: _EVERYONE,
    Permission.READ_TRAIL: frozenset({Role.DATA_MANAGER, Role.SENCO}),
}


class Act(enum.StrEnum):
    """What the audit trail tells of. What was said in a conversation never stands in it."""

    SIGN_IN = "sign in"
    SIGN_OUT = "sign out"
    PASSWORD = "password"  # noqa: S105  set, changed, or a link for it given
    LOOK = "look"
    CHANGE = "change"
    CLOSE = "close"
    PRINT = "print"
    ISSUE = "issue"
    DOWNLOAD = "download"
    HAND_OUT = "hand out"
    IMPORT = "import"
    STAFF = "staff"
    SCHOOL = "school"
    ERASE = "erase"


@dataclass(frozen=True)
class Actor:
    """Who is asking, and in which school: what operations and queries are given instead of a request."""

    person_id: UUID
    name: str
    school_id: UUID
    roles: frozenset[Role]
    sign_in_id: UUID | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether any of the person's roles in this school grants the permission."""
        return bool(self.roles & PERMISSIONS[permission])


# Who runs a command has the machine itself, not a sign-in: the trail cannot say more than that.
AT_THE_MACHINE = UUID(int=0)

PASSWORD_LENGTH = 12  # characters at least; no rules of composition (NIST SP 800-63B §5.1.1.2, NCSC)
PASSWORD_LIMIT = 200


def fit_password(password: str, email: str, *names: str, field: str = "password") -> str:
    """Return a password, or raise Refused with one sentence why it will not do.

    What a stranger would try first will not: the person's e-mail address and name, the school's name.
    """
    problem = _password_problem(password, email, email.partition("@")[0], *names)
    if problem:
        raise Refused(problem, field)
    return password


def _password_problem(password: str, *unwanted: str) -> str | None:
    if len(password) < PASSWORD_LENGTH:
        return f"Use at least {PASSWORD_LENGTH} characters, such as three or four unconnected words."
    if len(password) > PASSWORD_LIMIT:
        return f"Use at most {PASSWORD_LIMIT} characters."
    bare = _bare(password)
    if len(set(bare)) < 4:
        return "Use more different characters."
    if any(_bare(text) and bare in {_bare(text), _bare(text) * 2} for text in unwanted):
        return "Choose something that is not your name, your e-mail address or the name of the school."
    return None


def network_of(address: str | None) -> str | None:
    """Return the network that wrong tries from an address are counted for; None where no address is known.

    IPv4: the address itself, which may stand for a whole school. IPv6: its /64, in which one machine can
    take any address.
    """
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def _bare(text: str) -> str:
    return "".join(char for char in folded(text) if char.isalnum())


def tablet_key(secret: str, person_id: UUID) -> str:
    """Return a person's 256-bit key for what waits on a tablet, in base64: the same at every sign-in.

    Nobody else is given it, and it stands nowhere on the tablet, so that what one person wrote without wifi
    waits there unreadable until they sign in again. A new ``secret_key`` makes it unreadable for good.
    """
    made = hmac.digest(secret.encode(), f"tablet v1 {person_id}".encode(), "sha256")
    return b64encode(made).decode("ascii")


def clean_email(email: str) -> str:
    """Return an e-mail address as it is stored, in lower case, or raise Refused."""
    email = clean_line(email).lower()
    mailbox, _, domain = email.rpartition("@")
    well_formed = mailbox and "@" not in mailbox and "." in domain.strip(".") and " " not in email
    if not well_formed or len(email) > 254:
        raise Refused("Write a whole e-mail address, such as whitaker@school.example.", "email")
    return email
