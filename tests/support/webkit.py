"""A second engine: Debian's WebKitGTK, of the family of an iPad's Safari, on a screen that nobody sees."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_WIDE, _HIGH = 820, 1180  # the tests' tablet, see tests/support/browser.py
# Its programs shut themselves in by what a container does not give, and draw by what a server has not got.
_PLAIN = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}


@contextmanager
def webkit(profile: str) -> Iterator[Any]:
    """Give a Selenium driver of WebKitGTK. What it writes to disk stands under ``profile``, a folder."""
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    with _screen() as display:
        options = Options()
        [browser] = Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")
        options.binary_location = str(browser)
        options.add_argument("--automation")
        here = {"DISPLAY": display, "HOME": profile, "XDG_CACHE_HOME": profile, "XDG_DATA_HOME": profile}
        service = Service("/usr/bin/WebKitWebDriver", env={**os.environ, **_PLAIN, **here})
        driver = webdriver.WebKitGTK(options=options, service=service)
        try:
            driver.set_window_size(_WIDE, _HIGH)
            driver.set_script_timeout(10)
            yield driver
        finally:
            driver.quit()


@contextmanager
def _screen() -> Iterator[str]:
    told, tell = os.pipe()
    size = f"{_WIDE}x{_HIGH + 200}x24"
    screen = subprocess.Popen(
        ["/usr/bin/Xvfb", "-displayfd", str(tell), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[tell],
        stderr=subprocess.DEVNULL,
    )
    os.close(tell)
    try:
        with os.fdopen(told) as lines:
            yield f":{lines.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()
