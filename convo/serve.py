"""``convo serve``: the pages, served by granian with TLS in the same process."""

import os
import socket
import ssl
from pathlib import Path

import click
from flask import Flask

from convo.app import create_app
from convo.certificate import network_address, own_certificate, own_names
from convo.command_line import data_option, open_database
from convo.kernel.clock import utc_now
from convo.kernel.errors import Refused, WrongSetup
from convo.settings import Settings, load_settings

# Threads of one worker: a sign-in costs a core for 20 ms, the rest waits for the disk.
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  tablets come from the network
_WITHOUT = (
    "There is no certificate, so this is plain http: tablets and other machines need https to sign in. Give"
    " --certificate and --key, or --self-signed, or put a server with https in front."
)


def application() -> Flask:
    """Return the application for the settings of the environment: what each worker of the server loads."""
    return create_app(load_settings())


@click.command()
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Address to listen at. Default: 127.0.0.1 without a certificate, all addresses with one.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen at."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that answer."
)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Certificate for https, PEM, with those it rests on.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Private key of the certificate, PEM.",
)
@click.option(
    "--self-signed",
    is_flag=True,
    help="Use a certificate of our own, kept in the data folder. Tablets have to be told once to trust it.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="With --self-signed: name or address that tablets use for this machine; may be given several times.",
)
@data_option
def serve(
    host: str | None,
    port: int,
    workers: int,
    certificate: Path | None,
    key: Path | None,
    self_signed: bool,
    names: tuple[str, ...],
    data: Path | None,
) -> None:
    """Serve the pages until Ctrl-C."""
    if (certificate is None) != (key is None):
        raise click.UsageError("Give --certificate and --key together.")
    if self_signed and certificate:
        raise click.UsageError("Give either --self-signed or a certificate.")
    if names and not self_signed:
        raise click.UsageError("--name goes with --self-signed: a certificate that is given has its names.")
    with open_database(data) as opened:
        settings = opened.settings
    if self_signed:
        at = [host] if host and host not in _EVERYWHERE else []
        own = own_certificate(settings.data, utc_now(), [*(names or own_names()), *at])
        certificate, key = own.certificate, own.key
        if own.is_new:
            click.echo(f"Install {own.authority} on each tablet, as a certificate that it trusts.")
    if certificate and key:
        _check_certificate(certificate, key)
    host = host or (_EVERYWHERE[0] if certificate else "127.0.0.1")
    must_be_free(host, port)
    if certificate is None:
        click.echo(_WITHOUT, err=True)
    place = [*names, network_address() or "localhost"][0] if host in _EVERYWHERE else host
    click.echo(f"convo answers at {_address(place, port, safe=certificate is not None)}. Ctrl-C stops it.")
    run(settings, host, port, workers=workers, certificate=certificate, key=key)
    click.echo("Stopped.")


def run(
    settings: Settings,
    host: str,
    port: int,
    *,
    workers: int = 1,
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve until the process is told to stop. Workers read where they belong from the environment."""
    from granian.constants import Interfaces, SSLProtocols
    from granian.log import LogLevels
    from granian.server import Server

    os.environ.update(
        CONVO_DATA=str(settings.data),
        CONVO_DATABASE_URL=settings.resolved_database_url,
        CONVO_SECURE_COOKIES=str(int(settings.secure_cookies)),
        CONVO_DEMO=str(int(settings.demo)),
    )
    Server(
        "convo.serve:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,  # school tablets grow old
    ).serve()


def must_be_free(host: str, port: int) -> None:
    """Raise Refused unless this machine can listen there."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError as error:
        raise Refused(f"Port {port} needs more rights. Choose one above 1023 with --port.") from error
    except OSError as error:
        raise Refused(
            f"{host}, port {port}, is taken or not of this machine. Choose another with --port or --host."
        ) from error


def _address(host: str, port: int, *, safe: bool) -> str:
    """Return what one types into a browser."""
    return f"{'https' if safe else 'http'}://{f'[{host}]' if ':' in host else host}:{port}/"


def _check_certificate(certificate: Path, key: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise WrongSetup(
            f"{certificate} and {key} cannot be used as certificate and key. Check that they belong together."
        ) from error
