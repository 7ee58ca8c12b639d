"""What the error log may hold: never the words of a family."""

import logging
import re

# PostgreSQL repeats a refused row's values in its message: DETAIL: Failing row contains (…).
_DETAIL = re.compile(r"DETAIL:.*?(?=\n\[SQL|\n\(Background|\n\nThe above|\Z)", re.DOTALL)


class WithoutRows(logging.Filter):
    """Takes the rows that a database repeats in its messages out of what is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's traceback; every record is logged."""
        if record.exc_info:
            written = logging.Formatter().formatException(record.exc_info)
            record.exc_text = _DETAIL.sub("DETAIL: left out", written)
        return True
