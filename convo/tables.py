"""Every table of convo in one place, for the migrations and for whoever needs all mappers configured."""

from convo.access import models as access
from convo.conversation import models as conversation
from convo.db import Base
from convo.people import models as people
from convo.plan import models as plan
from convo.summary import models as summary

__all__ = ["access", "conversation", "people", "plan", "summary"]

metadata = Base.metadata
