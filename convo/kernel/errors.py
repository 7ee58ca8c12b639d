"""What can go wrong in convo, each with one plain sentence for the person at the screen."""

OLDER = "This page is older than convo. Reload it and try again."


class ConvoError(Exception):
    """A refusal whose message is shown to the person who caused it: what is wrong and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(ConvoError):
    """Bad input. ``field`` names the form field that the sentence stands beside, if there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(ConvoError):
    """Not there, or not for this person: the two look the same from outside (404)."""

    def __init__(self, message: str = "We could not find that page.") -> None:
        super().__init__(message)


class NotAllowed(ConvoError):
    """This person may see the thing but not do this to it (403)."""


class WrongSetup(ConvoError):
    """The installation itself is wrong: settings, database, guides or catalogues."""
