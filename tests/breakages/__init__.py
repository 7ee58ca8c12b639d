"""What convo promises of the hour, each broken on purpose, and the test that must then fail.

A test that cannot fail holds nothing. ``python -m tests.breakages`` makes each breakage in a copy of convo,
by itself, and runs its test there; ``python -m tests.breakages tablet key`` those whose names hold a word.
"""

from tests.breakages import hour, school, tablet

BREAKAGES = (*hour.BREAKAGES, *tablet.BREAKAGES, *school.BREAKAGES)
