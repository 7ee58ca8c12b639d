"""Scripts as few files, without a build step: what a page needs to stand, and what it brings later.

An entry is served as one file with all the modules that it imports. A module that is brought later, with
``import("./x.js")``, is served with those of its imports that are not there yet; what it needs of an earlier
file it imports from that file, so that each module, and its state, exists once in a page. To a browser one
file under two addresses is two modules: a script therefore asks for what it imports with the ``?v=`` that it
was asked for with itself, also in a page that is older than the server.

What cannot be put together is served as it stands, module by module, and works alike.
"""

import hashlib
import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

ENTRIES = ("hour/hour.js", "tablet/signed-in.js", "tablet/shell.js")
# What may exist only once in a page, whichever entries it has: the page without wifi becomes one of the hour.
# And what a page without an entry needs too.
APART = ("tablet/trusted.js", "hour/family.js")

_TAKES = re.compile(r'^(import|export) \{ ([\w$, ]+) \} from "(\.[^"]+)";\n', re.M)
_GIVES = re.compile(r"^export (?=(const|let|class|function|async function) ([\w$]+))", re.M)
_NAMES = re.compile(
    r"^(?:export )?(?:async )?"
    r"(?:(?:const|let|var|class|function\*?) ([\w$]+)|(?:const|let|var) [{\[](.*?)[}\]] =)",
    re.M,
)
_LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')
_NOT_HERE = re.compile(
    r"^(?:import|export)\b(?!\().*|^(?:(?:const|let) [^=\n]+= )?await\b.*|.*\bimport\.meta\b.*", re.M
)
_ADDRESS = re.compile(r'(\bfrom ?|\bimport ?\(? ?)"(\.[^"?]+\.js)"')
_VERSION = re.compile(r"[0-9a-f]{1,64}")

Stamps = tuple[tuple[str, int], ...]
_log = logging.getLogger(__name__)


class NotTogether(ValueError):
    """These modules cannot be put into one file; the message says why."""


@dataclass(frozen=True)
class Bundle:
    """Several modules as one file: its text, not yet shortened, and which they are."""

    text: str
    members: frozenset[Path]


def stamps(folder: Path) -> Stamps:
    """Return all scripts of a folder, each with when it was last written."""
    return tuple(sorted(_written(str(folder))))


def _written(folder: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as found:  # asked for in each page: pathlib takes five times as long
        for item in found:
            if item.is_dir():
                yield from _written(item.path)
            elif item.name.endswith(".js"):
                yield item.path, item.stat().st_mtime_ns


@lru_cache(maxsize=8)
def version(scripts: Stamps) -> str:
    """Return what the addresses of scripts hold: one hash of all, as each may import any other."""
    return hashlib.sha256(b"\0".join(Path(path).read_bytes() for path, _ in scripts)).hexdigest()[:12]


@lru_cache(maxsize=8)
def bundles(folder: Path, _scripts: Stamps) -> dict[Path, Bundle]:
    """Return what is served as one file of several modules, by the address of each."""
    found: dict[Path, Bundle] = {}
    for entry in ENTRIES:
        if (folder / entry).is_file():
            try:
                found |= together(folder / entry, folder)
            except NotTogether as error:
                _log.warning("%s is served in pieces: %s", entry, error)
    return found


def asked_for(folder: Path, scripts: Stamps) -> list[Path]:
    """Return the scripts that a page asks for: those that are in no other's file."""
    inside = {
        member for head, bundle in bundles(folder, scripts).items() for member in bundle.members - {head}
    }
    return [path for name, _ in scripts if (path := Path(name)) not in inside]


def at_version(text: str, asked: str) -> str:
    """Return a script that asks for what it imports with the version that it was asked for with."""
    if not _VERSION.fullmatch(asked):
        return text
    return _ADDRESS.sub(lambda found: f'{found[1]}"{found[2]}?v={asked}"', text)


@dataclass(frozen=True)
class _Module:
    """A script as it is written, and what its lines of imports and exports say."""

    path: Path
    text: str
    takes: tuple[tuple[str, frozenset[str], Path], ...]  # import or export, the names, from where
    later: tuple[Path, ...]

    @property
    def gives(self) -> set[str]:
        again = {name for verb, names, _ in self.takes if verb == "export" for name in names}
        return again | {name for _, name in _GIVES.findall(self.text)}

    @property
    def names(self) -> list[str]:
        """All names at its top level."""
        found = []
        for one, several in _NAMES.findall(self.text):
            found += (
                [one] if one else [part.split(":")[-1].split("=")[0].strip() for part in several.split(",")]
            )
        return found


@dataclass
class _File:
    """A file as it is served: its modules in the order in which they run."""

    head: Path
    members: list[_Module] = field(default_factory=list)
    takes: dict[Path, set[str]] = field(default_factory=dict)  # of earlier files
    gives: set[str] = field(default_factory=set)

    def text(self) -> str:
        taken = [
            f'import {{ {", ".join(sorted(names))} }} from "{_from(self.head, head)}";\n'
            for head, names in self.takes.items()
        ]
        inside = "".join(self._inside(module) for module in self.members)
        given = ", ".join(sorted(self.gives))
        # In a function, names that no other file needs are shortened too.
        return (
            "".join(taken)
            + (f"export const {{ {given} }} = " if given else "")
            + f"(() => {{\n{inside}\n"
            + (f"return {{ {given} }};\n" if given else "")
            + "})();\n"
        )

    def _inside(self, module: _Module) -> str:
        text = _GIVES.sub("", _TAKES.sub("", module.text))
        stands = _NOT_HERE.search(text)
        if stands:
            raise NotTogether(f"{module.path.name} holds “{stands[0]}”")
        return _LATER.sub(lambda found: f'import("{_from(self.head, _beside(module.path, found[1]))}")', text)


def together(entry: Path, folder: Path) -> dict[Path, Bundle]:
    """Return the files of an entry and of all that is brought later. Raises NotTogether."""
    entries = {folder / name for name in ENTRIES}
    modules: dict[Path, _Module] = {}
    home = {path: _File(path) for name in APART if (path := folder / name).is_file()}
    modules.update((path, _read(path)) for path in home)
    files, heads = [], [entry]
    for head in heads:  # grows while it runs
        if head in home:
            raise NotTogether(f"{head.name} is imported both at once and later")
        file = _File(head)
        _gather(head, file, modules, home)
        files.append(file)
        later = [path for module in file.members for path in module.later]
        heads += [path for path in dict.fromkeys(later) if path not in heads and path not in entries]
    for file in files:
        file.gives |= modules[file.head].gives
        for module in file.members:
            for _, names, path in module.takes:
                if not names <= modules[path].gives:
                    raise NotTogether(f"{module.path.name} imports what {path.name} does not export")
                if home[path] is not file:
                    file.takes.setdefault(home[path].head, set()).update(names)
                    home[path].gives |= names
    for file in files:
        for module in file.members:
            for kind, name in _GIVES.findall(module.text):
                if kind == "let" and name in file.gives:
                    raise NotTogether(f"{name} of {module.path.name} may change, and another file imports it")
        _check_names(file)
    return {file.head: Bundle(file.text(), frozenset(each.path for each in file.members)) for file in files}


def _gather(path: Path, file: _File, modules: dict[Path, _Module], home: dict[Path, _File]) -> None:
    if path in home:
        return
    module = modules[path] = _read(path)
    home[path] = file
    for _, _, other in module.takes:
        _gather(other, file, modules, home)
    file.members.append(module)


def _read(path: Path) -> _Module:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise NotTogether(f"{path.name} cannot be read") from error
    takes = tuple(
        (verb, frozenset(name.strip() for name in names.split(",")), _beside(path, name))
        for verb, names, name in _TAKES.findall(text)
    )
    return _Module(path, text, takes, tuple(_beside(path, name) for name in _LATER.findall(text)))


def _check_names(file: _File) -> None:
    count = Counter(name for module in file.members for name in module.names)
    count.update(name for names in file.takes.values() for name in names)
    twice = sorted(name for name, times in count.items() if times > 1)
    if twice:
        raise NotTogether(
            f"in {file.head.name}, these names stand at the top of two modules: {', '.join(twice)}"
        )


def _beside(path: Path, name: str) -> Path:
    return Path(os.path.normpath(path.parent / name))


def _from(path: Path, other: Path) -> str:
    found = os.path.relpath(other, path.parent)
    return found if found.startswith(".") else f"./{found}"
