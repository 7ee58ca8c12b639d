"""The ``convo`` command. ``convo --help`` imports no room: each command is loaded when it is called."""

import importlib
import sys

import click

from convo import __version__
from convo.kernel.errors import ConvoError

# name: (where it lives, one line for the list)
COMMANDS: dict[str, tuple[str, str]] = {
    "import": ("convo.people.commands:import_file", "Bring in the roll or a list of staff."),
    "conversations": ("convo.conversation.commands:conversations", "List every conversation."),
    "summary": ("convo.summary.commands:summary", "Write one carer's copy of what was agreed."),
    "summaries": ("convo.summary.commands:summaries", "Write the copies that were given out into a folder."),
    "verify": ("convo.summary.commands:verify", "Say whether a file is a copy that was given out."),
    "languages": ("convo.summary.commands:languages", "List the languages, and how complete each is."),
    "due": ("convo.followup.commands:due", "What is due: open actions, pupils without a conversation"),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="convo")
def convo() -> None:
    """The structured conversation with a child's parents, from first question to what the family keeps."""


def main() -> None:
    """Run the command line: exit 0 done, 1 refused (one sentence on standard error), 2 wrong use."""
    try:
        convo.main(prog_name="convo", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        sys.exit(1)
    except ConvoError as error:
        click.echo(error.message, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
