"""Break convo on purpose, one promise at a time, and see the named test fail."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.breakages import BREAKAGES
from tests.breakages.breakage import Breakage

ROOT = Path(__file__).parents[2]
_FAILED = 1  # pytest's status where tests ran and some failed; any other says that they did not run
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*")


def main() -> int:
    """Return 0 when every breakage that was asked for is caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.breakages", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="only those whose name holds one of these")
    words = parser.parse_args().words
    chosen = [each for each in BREAKAGES if not words or any(word in each.name for word in words)]
    if not chosen:
        parser.error("no breakage has such a name")
    missed = [each.name for each in chosen if not _caught(each)]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} are caught")
    return 1 if missed else 0


def _caught(breakage: Breakage) -> bool:
    """Return whether the test fails on convo with the breakage; it is known to pass without."""
    with TemporaryDirectory(prefix="convo-broken-") as name:
        copy = Path(name)
        for folder in ("convo", "guides", "tests"):
            shutil.copytree(ROOT / folder, copy / folder, ignore=_LEFT_OUT)
        for file in ("pyproject.toml", "README.md", "CHANGELOG.md"):
            shutil.copy(ROOT / file, copy)
        broken = copy / "convo" / breakage.path
        text = broken.read_text("utf-8")
        broken.write_text(text.replace(breakage.line, breakage.instead), "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", breakage.caught_by]
        ran = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    caught = ran.returncode == _FAILED
    print(f"{'caught' if caught else 'NOT CAUGHT':>10}  {breakage.name}", flush=True)
    if not caught:
        print(ran.stdout[-2000:], ran.stderr[-2000:])
    return caught


if __name__ == "__main__":
    sys.exit(main())
