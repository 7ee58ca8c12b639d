"""JSON as it comes in: what is not JSON is refused in one way, whatever is wrong with it."""

from typing import Any, NoReturn

from flask.json.provider import DefaultJSONProvider


class StrictJson(DefaultJSONProvider):
    """Flask's JSON, which also refuses NaN, infinity and nesting without end with ValueError."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what the text holds."""
        try:
            return super().loads(s, parse_constant=_refuse, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
