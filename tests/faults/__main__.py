"""``python -m tests.faults [--runs N] [--seed S] [--only KIND …]``: the fault campaign by hand."""

import argparse
import random
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.faults.kinds import KINDS
from tests.faults.run import one_run
from tests.faults.school import lay_out
from tests.support.browser import LAUNCH


def main() -> int:
    """Run the campaign, print each run, and return 1 when one of them failed."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--runs", type=int, default=10, metavar="N")
    asked.add_argument("--seed", type=int, metavar="S", help="of the first run; each next one adds 1")
    asked.add_argument(
        "--only", nargs="+", choices=sorted(KINDS), default=[], metavar="KIND", help=", ".join(KINDS)
    )
    given = asked.parse_args()
    first = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a run that is ended ends its server
    outcomes = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        meeting = lay_out(folder)
        browser = playwright.chromium.launch(**LAUNCH)
        for seed in range(first, first + given.runs):
            outcomes.append(one_run(browser, folder, meeting, folder / str(seed), seed, given.only))
            print(outcomes[-1], flush=True)
        browser.close()
    failed = [outcome.seed for outcome in outcomes if outcome.problems]
    kinds = Counter(said.split(" at ")[0] for outcome in outcomes for said in outcome.faults)
    print(f"\n{len(outcomes)} runs, {sum(outcome.typed for outcome in outcomes)} changes typed, ", end="")
    print(f"{sum(outcome.seconds for outcome in outcomes) / len(outcomes):.1f} s a run")
    print(", ".join(f"{name} {count}" for name, count in kinds.most_common()))
    print(
        f"failed: {len(failed)}"
        + "".join(f"\n  python -m tests.faults --runs 1 --seed {seed}" for seed in failed)
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
