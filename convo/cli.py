"""The ``convo`` command. ``convo --help`` loads no room, and not even click, which alone starts ten times
slower than Python: a command is loaded when it is called.
"""

import importlib
import os
import sys
from collections.abc import Sequence

from convo import __version__
from convo.kernel.errors import ConvoError

# name: (where it lives, one line for the list)
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("convo.access.commands:init", "Set up the database, a school and its first person."),
    "demo": ("convo.demo.commands:demo", "Make a fictional school and serve it on this machine."),
    "serve": ("convo.serve:serve", "Serve the pages."),
    "upgrade": ("convo.access.commands:upgrade", "Bring the database to this version of convo."),
    "check": ("convo.check:check", "Check settings, database, guide, handbook and translations."),
    "import": ("convo.people.commands:import_file", "Bring in the roll or a list of staff."),
    "conversations": ("convo.conversation.commands:conversations", "List every conversation."),
    "summary": ("convo.summary.commands:summary", "Write one carer's copy of what was agreed."),
    "summaries": ("convo.summary.commands:summaries", "Write the copies that were given out into a folder."),
    "verify": ("convo.summary.commands:verify", "Say whether a file is a copy that was given out."),
    "languages": ("convo.summary.commands:languages", "List the languages, and how complete each is."),
    "due": ("convo.followup.commands:due", "List what is due: open actions, pupils without a conversation."),
    "audit": ("convo.access.commands:audit_group", "Check the trail of who did what."),
}

_HELP = """Usage: convo COMMAND [ARGS]...

  The structured conversation with a child's parents, from first question to
  what the family keeps.

  convo COMMAND --help says more about a command.

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit.

Commands:
{commands}"""


def help_text() -> str:
    """Return what ``convo --help`` prints."""
    widest = max(map(len, COMMANDS))
    listed = (f"  {name:<{widest}}  {text}" for name, (_, text) in COMMANDS.items())
    return _HELP.format(commands="\n".join(listed))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line: exit 0 done, 1 refused (one sentence on standard error), 2 wrong use."""
    name, *rest = (sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if name in ("-h", "--help"):
        print(help_text())
    elif name == "--version":
        print(f"convo {__version__}")
    elif name in COMMANDS:
        sys.exit(_run(name, rest))
    else:
        print(f"convo has no command {name}. convo --help lists them.", file=sys.stderr)
        sys.exit(2)


def _run(name: str, arguments: Sequence[str]) -> int:
    """Run a command and return the exit code."""
    import click

    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)
    try:
        # click hands back the code of its own Exit; what a command returns is not one
        answer = command.main(
            list(arguments),
            prog_name=f"convo {name}",
            standalone_mode=False,
            help_option_names=["-h", "--help"],
        )
    except click.UsageError as error:
        error.show()
        return 2
    except click.Abort:
        click.echo("Stopped.", err=True)
        return 1
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        return 1
    except ConvoError as error:
        click.echo(error.message, err=True)
        return 1
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return answer if isinstance(answer, int) else 0


if __name__ == "__main__":
    main()
