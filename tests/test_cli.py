"""The command line as a shell sees it: help, exit codes, one plain sentence, never a traceback."""

import importlib
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import click
import pytest

from convo.cli import COMMANDS
from convo.settings import SHIPPED_GUIDES


def convo(*arguments: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONVO_")}
    done = subprocess.run(
        [sys.executable, "-m", "convo.cli", *arguments],
        env={**kept, "CONVO_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def set_up(data: Path) -> None:
    (data / "password").write_text("lantern pebble orchard\n")
    done = convo(
        *("init", "--school", "Fenmarket", "--name", "Mrs Oyelaran", "--email", "office@fenmarket.example"),
        *("--password-file", str(data / "password")),
        data=data,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_lists_every_command_with_one_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = convo(*arguments, data=tmp_path)
    assert done.returncode == 0
    for name, (_, text) in COMMANDS.items():
        assert f"  {name}" in done.stdout
        assert text in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_help_loads_neither_a_room_nor_click() -> None:
    code = "import sys; from convo.cli import main; main(['--help']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    modules = {
        name for name in loaded.splitlines()[-1].split() if name.startswith(("convo", "click", "sqlal"))
    }
    assert modules == {"convo", "convo.cli", "convo.kernel", "convo.kernel.errors"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_and_explains_itself(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("due", "--nonsense"), ("import",), ("audit", "nonsense"), ("demo", "--port", "0")],
)
def test_wrong_use_ends_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert convo(*arguments, data=tmp_path).returncode == 2


@pytest.mark.parametrize("name", ["serve", "upgrade", "conversations", "due"])
def test_where_there_is_no_school_one_sentence_says_so(name: str, tmp_path: Path) -> None:
    done = convo(name, data=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("Run convo init first.")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["serve", "due", "check", "demo"])
def test_a_file_that_is_no_database_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "convo.db").write_text("not a database " * 100)
    done = convo(name, data=tmp_path)
    assert done.returncode == 1
    assert "cannot be opened" in done.stderr


def test_check_says_what_is_fine_and_ends_with_0(tmp_path: Path) -> None:
    set_up(tmp_path)
    done = convo("check", data=tmp_path)
    parts = [line.partition(":")[0] for line in done.stdout.splitlines()]
    assert parts[:4] == ["Settings", "Database", "Guide", "Handbook"]
    wrong = [line for line in done.stderr.splitlines() if not line.startswith("Translations")]
    assert wrong == []
    assert done.returncode == (1 if done.stderr else 0)


def test_check_names_file_and_line_of_a_broken_guide_and_handbook(tmp_path: Path) -> None:
    set_up(tmp_path)
    guides = tmp_path / "guides"
    shutil.copytree(SHIPPED_GUIDES, guides)
    lines = (guides / "conversation.toml").read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("share"))
    lines[place] = 'share = "some"'
    (guides / "conversation.toml").write_text("\n".join(lines), "utf-8")
    (guides / "handbook" / "teacher.html").write_bytes(b"<h1>Teacher</h1>\n<p>caf\xe9</p>")
    done = convo("check", data=tmp_path, CONVO_GUIDES=str(guides))
    assert done.returncode == 1
    assert f"conversation.toml line {place + 1}: " in done.stderr
    assert "teacher.html line 2: is not UTF-8." in done.stderr


def test_check_refuses_settings_that_do_not_exist(tmp_path: Path) -> None:
    (tmp_path / "convo.toml").write_text("colour = 'red'")
    done = convo("check", data=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "colour" in done.stderr


def test_upgrade_says_that_there_is_nothing_to_do(tmp_path: Path) -> None:
    set_up(tmp_path)
    done = convo("upgrade", data=tmp_path)
    assert done.returncode == 0
    assert "Nothing was changed." in done.stdout


# What a command needs to be asked anything; the file is no roll, but nobody comes to reading it.
ON_A_DATABASE = {
    "serve": (),
    "import": (__file__,),
    "conversations": (),
    "summary": ("one", "--out", "summary.docx"),
    "summaries": ("--out", "summaries"),
    "verify": (__file__,),
    "due": ("--json",),
    "audit": ("verify",),
}
# They see to the version themselves, or open no database.
SEE_TO_IT = {"init", "demo", "upgrade", "check", "languages"}


def test_every_command_refuses_the_database_of_another_version_in_one_sentence(tmp_path: Path) -> None:
    assert ON_A_DATABASE.keys() | SEE_TO_IT == COMMANDS.keys()
    set_up(tmp_path)
    with closing(sqlite3.connect(tmp_path / "convo.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    sentence = "The database is not of this version of convo. Back it up, then run convo upgrade.\n"
    for name, arguments in ON_A_DATABASE.items():
        done = convo(name, *arguments, data=tmp_path)
        assert (name, done.returncode, done.stdout, done.stderr) == (name, 1, "", sentence)


def test_asking_for_the_version_does_not_load_what_upgrades(tmp_path: Path) -> None:
    set_up(tmp_path)
    code = (
        "import sys; from pathlib import Path; from convo.command_line import open_database\n"
        f"with open_database(Path({str(tmp_path)!r})): print('alembic' in sys.modules)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout == "False\n"


def test_serve_wants_certificate_and_key_that_belong_together(tmp_path: Path) -> None:
    set_up(tmp_path)
    (tmp_path / "one.pem").write_text("nothing")
    alone = convo("serve", "--certificate", str(tmp_path / "one.pem"), data=tmp_path)
    assert alone.returncode == 2
    both = ("--certificate", str(tmp_path / "one.pem"), "--key", str(tmp_path / "one.pem"))
    done = convo("serve", *both, data=tmp_path)
    assert done.returncode == 1
    assert "belong together" in done.stderr


def test_serve_wants_names_that_a_machine_can_have(tmp_path: Path) -> None:
    set_up(tmp_path)
    wrong = convo("serve", "--self-signed", "--name", "the office", data=tmp_path)
    assert wrong.returncode == 1
    assert "“the office” is no name or address of a machine" in wrong.stderr
    assert not (tmp_path / "authority.crt").exists()
    alone = convo("serve", "--name", "convo.school.local", data=tmp_path)
    assert alone.returncode == 2
    assert "--name goes with --self-signed" in alone.stderr


@pytest.mark.slow
def test_pages_are_served_over_https_until_told_to_stop(tmp_path: Path) -> None:
    set_up(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "convo.cli", "serve", "--data", str(tmp_path), "--port", str(port)]
    serving = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--workers", "1", "--self-signed", "--name", "convo.test"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert health(f"https://localhost:{port}/health", tmp_path / "authority.crt") == '{"ok":true}'
    finally:
        serving.send_signal(signal.SIGINT)
        out, err = serving.communicate(timeout=30)
    assert (serving.returncode, err) == (0, "")
    assert out.splitlines() == [
        f"Install {tmp_path / 'authority.crt'} on each tablet, as a certificate that it trusts.",
        f"convo answers at https://127.0.0.1:{port}/. Ctrl-C stops it.",
        "Stopped.",
    ]


def health(address: str, certificate: Path) -> str:
    """Return what the server answers, as soon as it does."""
    for _ in range(300):
        try:
            context = ssl.create_default_context(cafile=certificate)
            with urllib.request.urlopen(address, timeout=5, context=context) as answer:
                return str(answer.read().decode()).strip()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answered at {address}")
