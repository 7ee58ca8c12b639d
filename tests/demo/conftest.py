"""The fictional school as it is made on Monday 23 November 2026; made once for all tests of this folder."""

import pytest
import time_machine

from convo.demo.commands import demo_settings, open_school
from convo.settings import Settings
from tests.support.people import NOW


@pytest.fixture(scope="session")
def demo_school(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the demo, its school made; tests only read it."""
    with time_machine.travel(NOW, tick=False):
        settings = demo_settings(tmp_path_factory.mktemp("demo"))
        open_school(settings)
    return settings
