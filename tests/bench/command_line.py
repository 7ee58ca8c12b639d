"""The command line answers at once: it loads no room until a command is called."""

import subprocess
import sys
from collections.abc import Iterator

from tests.bench import Pair


def pairs() -> Iterator[Pair]:
    """``convo --help`` against starting Python."""
    yield Pair(
        "convo --help, against python -c pass",
        ours=lambda: _run("-m", "convo.cli", "--help"),
        against=lambda: _run("-c", "pass"),
        at_most=6,
        rounds=20,
    )


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
