"""The installation's own certificates, for https on a network that has no others.

There are two, so that a tablet is asked once. It trusts the authority, which lasts ten years and stays when
the server gets another name or address; what the server shows is signed by it and made anew as needed. The
authority may speak for private addresses and its own names only (RFC 5280, 4.2.1.10): whoever gets at its key
cannot pose as a bank to the tablets.
"""

import re
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from convo.kernel.errors import Refused, WrongSetup

_AUTHORITY_LASTS = timedelta(days=3653)
_LASTS = timedelta(days=397)  # browsers refuse a server's certificate that lasts longer
_RENEWED = timedelta(days=90)  # before its end: a server is restarted at least once a term
_PRIVATE = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"),
    *("fc00::/7", "::1/128"),
)
_HERE = ("localhost", "127.0.0.1")
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.I)
_ELSEWHERE = ("192.0.2.1", 9)  # an address of no machine; nothing is sent to it

Name = x509.DNSName | x509.IPAddress


@dataclass(frozen=True)
class OwnCertificate:
    """Where the files are, and whether tablets have to be given ``authority`` because it is new."""

    authority: Path
    certificate: Path
    key: Path
    is_new: bool


@dataclass(frozen=True)
class _Signed:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def network_address() -> str | None:
    """Return the address by which the network finds this machine, or nothing when there is no network."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(_ELSEWHERE)
        return str(probe.getsockname()[0])
    return None


def own_names() -> list[str]:
    """Return the names and addresses by which others may find this machine; the most usual one first."""
    host = socket.gethostname()
    names = [network_address(), host, None if "." in host else f"{host}.local"]  # as an iPad asks for it
    return [name for name in names if name and _is_name(name)]


def own_certificate(folder: Path, now: datetime, names: Sequence[str]) -> OwnCertificate:
    """Return a certificate that is good for these names and on the machine itself; made as far as needed.

    Raises Refused when one of the names is neither a name nor an address of a machine.
    """
    for name in names:
        if not _is_name(name):
            raise Refused(f"“{name}” is no name or address of a machine. Give one like convo.school.local.")
    wanted = [_as_name(name) for name in dict.fromkeys((*names, *_HERE))]
    authority_file, certificate, key = (
        folder / name for name in ("authority.crt", "certificate.pem", "certificate-key.pem")
    )
    authority_key = folder / "authority-key.pem"
    try:
        known = _read(authority_file, authority_key)
        holds = known and not _ends_within(known, _LASTS, now) and _may_speak_for(known, wanted)
        authority = known if known and holds else _authority(wanted, now)
        if authority is not known:
            _write(authority, authority_file, authority_key)
        shown = _read(certificate, key)
        if not shown or _ends_within(shown, _RENEWED, now) or not _fits(shown, authority, wanted):
            _write(_server(authority, wanted, now), certificate, key, authority.certificate)
    except OSError as error:
        raise WrongSetup(f"The certificate cannot be kept in {folder}: {error.strerror}.") from error
    return OwnCertificate(authority_file, certificate, key, authority is not known)


def _is_name(text: str) -> bool:
    return bool(_address(text) or (_NAME.fullmatch(text) and len(text) < 254))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    with suppress(ValueError):
        return ip_address(text)
    return None


def _as_name(text: str) -> Name:
    address = _address(text)
    return x509.IPAddress(address) if address else x509.DNSName(text.lower())


def _may_speak_for(authority: _Signed, names: Iterable[Name]) -> bool:
    try:
        found = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return True  # the school has put its own there
    permitted = [tree.value for tree in found.permitted_subtrees or []]
    networks = [value for value in permitted if isinstance(value, IPv4Network | IPv6Network)]
    return all(
        name.value in permitted
        if isinstance(name, x509.DNSName)
        else any(name.value in network for network in networks)
        for name in names
    )


def _fits(shown: _Signed, authority: _Signed, names: Iterable[Name]) -> bool:
    with suppress(InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        shown.certificate.verify_directly_issued_by(authority.certificate)
        has = shown.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return set(names) <= set(has)
    return False


def _ends_within(signed: _Signed, span: timedelta, now: datetime) -> bool:
    return signed.certificate.not_valid_after_utc - now < span


def _authority(names: Sequence[Name], now: datetime) -> _Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"convo at {socket.gethostname()}"[:64])])
    networks = [ip_network(network) for network in _PRIVATE]
    for name in names:
        if isinstance(name, x509.IPAddress) and not any(name.value in network for network in networks):
            networks.append(ip_network(name.value))
    permitted: list[x509.GeneralName] = [x509.IPAddress(network) for network in networks]
    permitted += [name for name in names if isinstance(name, x509.DNSName)]
    builder = (
        _builder(title, title, key, now, _AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
    )
    return _Signed(builder.sign(key, hashes.SHA256()), key)


def _server(authority: _Signed, names: Sequence[Name], now: datetime) -> _Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "convo")])
    issuer = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _builder(title, authority.certificate.subject, key, now, _LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
    )
    return _Signed(builder.sign(authority.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    begins = now - timedelta(days=1)  # a tablet's clock may be behind
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _read(certificate: Path, key: Path) -> _Signed | None:
    """Return what these files hold, or nothing where they do not hold a certificate with its key."""
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        own = load_pem_private_key(key.read_bytes(), None)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(own, ec.EllipticCurvePrivateKey) or own.public_key() != found.public_key():
        return None
    return _Signed(found, own)


def _write(signed: _Signed, certificate: Path, key: Path, *rests_on: x509.Certificate) -> None:
    key.unlink(missing_ok=True)
    key.touch(mode=0o600)
    key.write_bytes(signed.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    chain = (signed.certificate, *rests_on)
    certificate.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in chain))
