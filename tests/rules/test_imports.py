"""Who may import whom: the contracts in pyproject.toml hold, and the kernel stands on Python alone."""

import ast
import subprocess
import sys
from pathlib import Path

import convo

ROOT = Path(convo.__file__).parent


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_kernel_imports_nothing_but_the_standard_library_and_itself() -> None:
    for file in (ROOT / "kernel").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                standard = name.split(".")[0] in sys.stdlib_module_names
                assert standard or name.startswith("convo.kernel"), f"{file.name} imports {name}"
