"""Who may do what, as data: roles, permissions and the plain object that says who is asking."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


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
}


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
