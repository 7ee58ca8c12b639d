"""What a page loads: its files by address, with those that its scripts import at once or bring later."""

import gzip
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

# As scripts are served: shortened, so that there may be no space behind ``from``.
_AT_ONCE = re.compile(r'(?:\bfrom|\bimport) ?"(\.[^"?]+)')
_LATER = re.compile(r'\bimport\("(\.[^"?]+)')
# The picture on a home screen is fetched by whoever puts the page there, not with the page.
_FILES = re.compile(r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]*? (?:href|src)="(/static/[^"?]+)')

Files = dict[str, bytes]


def first_load(visitor: Any, address: str) -> Files:
    """Return a page and every file that it loads, the imports of its modules included."""
    page = visitor.get(address).get_data()
    return {address: page, **_with_imports(visitor, _FILES.findall(page.decode()), _AT_ONCE)}


def fetched_after(visitor: Any, address: str) -> Files:
    """Return what an hour fetches once its page stands, for when the wifi drops: modules and the kit."""
    first = first_load(visitor, address)
    kit = address.rpartition("/")[0] + "/kit"
    return {kit: visitor.get(kit).get_data(), **_but(_with_imports(visitor, first, _AT_ONCE, _LATER), first)}


def scripts(visitor: Any, *addresses: str) -> Files:
    """Return every script that these pages may ever load, each once, and the service worker."""
    files: Files = {"/sw.js": visitor.get("/sw.js").get_data()}
    for address in addresses:
        first = first_load(visitor, address)
        files |= _with_imports(visitor, (path for path in first if path.endswith(".js")), _AT_ONCE, _LATER)
    return files


def styles(visitor: Any, *addresses: str) -> Files:
    """Return every style sheet of these pages, each once."""
    found = {path: body for address in addresses for path, body in first_load(visitor, address).items()}
    return {path: body for path, body in found.items() if path.endswith(".css")}


def kilobytes(files: Mapping[str, bytes]) -> float:
    """Return how much comes over the wifi when each file is packed by itself."""
    return sum(len(gzip.compress(body, 9)) for body in files.values()) / 1024


def size(part: Callable[..., Files], visitor: Any, *addresses: str) -> Callable[[], float]:
    """Return a function that measures a part of what pages load, in KB."""
    return lambda: kilobytes(part(visitor, *addresses))


def _but(files: Files, without: Mapping[str, bytes]) -> Files:
    return {path: body for path, body in files.items() if path not in without}


def _with_imports(visitor: Any, paths: Iterable[str], *ways: re.Pattern[str]) -> Files:
    waiting, seen = list(paths), {}
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen[path] = visitor.get(path).get_data()
            if path.endswith(".js"):
                text = seen[path].decode()
                here = posixpath.dirname(path)
                waiting += [
                    posixpath.normpath(f"{here}/{name}") for way in ways for name in way.findall(text)
                ]
    return seen
