"""``convo serve``: the pages, served by granian with TLS in the same process."""

import os
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import click
from flask import Flask

from convo.app import create_app
from convo.command_line import data_option, open_database
from convo.kernel.errors import Refused, WrongSetup
from convo.settings import Settings, load_settings

# Threads of one worker: a sign-in costs a core for 20 ms, the rest waits for the disk.
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
_DAYS = 397  # browsers refuse a certificate that lasts longer
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
    help="Use a certificate of our own, made once and kept in the data folder. Browsers warn about it.",
)
@data_option
def serve(
    host: str | None,
    port: int,
    workers: int,
    certificate: Path | None,
    key: Path | None,
    self_signed: bool,
    data: Path | None,
) -> None:
    """Serve the pages until Ctrl-C."""
    if (certificate is None) != (key is None):
        raise click.UsageError("Give --certificate and --key together.")
    if self_signed and certificate:
        raise click.UsageError("Give either --self-signed or a certificate.")
    with open_database(data) as opened:
        settings = opened.settings
    if self_signed:
        certificate, key = own_certificate(settings.data)
    if certificate and key:
        _check_certificate(certificate, key)
    host = host or ("0.0.0.0" if certificate else "127.0.0.1")  # noqa: S104  tablets come from the network
    must_be_free(host, port)
    if certificate is None:
        click.echo(_WITHOUT, err=True)
    click.echo(f"convo answers at {'https' if certificate else 'http'}://{host}:{port}/. Ctrl-C stops it.")
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


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """Return certificate and key that the installation signed itself, made when there are none that hold."""
    certificate, key = folder / "certificate.pem", folder / "certificate-key.pem"
    openssl = shutil.which("openssl")
    if openssl is None:
        raise WrongSetup("--self-signed needs the program openssl. Install it, or give a certificate.")
    if certificate.exists() and key.exists():
        lasts_a_day = [openssl, "x509", "-checkend", "86400", "-noout", "-in", str(certificate)]
        if subprocess.run(lasts_a_day, capture_output=True, check=False).returncode == 0:  # noqa: S603
            return certificate, key
    name = socket.gethostname()
    names = f"subjectAltName=DNS:{name},DNS:localhost,IP:127.0.0.1"
    key.touch(mode=0o600)
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key)]
    says = ["-days", str(_DAYS), "-subj", f"/CN={name[:64]}", "-addext", names]
    says += ["-addext", "extendedKeyUsage=serverAuth"]  # iPads take no other

    made = subprocess.run(  # noqa: S603
        [openssl, "req", "-x509", *new_key, *says, "-out", str(certificate)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise WrongSetup(f"openssl could not make a certificate: {made.stderr.strip().splitlines()[-1]}")
    return certificate, key


def _check_certificate(certificate: Path, key: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise WrongSetup(
            f"{certificate} and {key} cannot be used as certificate and key. Check that they belong together."
        ) from error
