"""The certificates that an installation makes for itself, as a browser would judge them."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from convo.certificate import OwnCertificate, own_certificate, own_names
from convo.kernel.errors import Refused, WrongSetup

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
SCHOOL = ("convo.school.local", "192.168.4.20")


def is_trusted(own: OwnCertificate, name: str, *, on: datetime = NOW) -> bool:
    """Return whether a tablet on which the authority is installed takes the certificate for this name."""
    return _is_trusted(own.authority, own.certificate.read_bytes(), name, on)


def _is_trusted(authority: Path, certificate: bytes, name: str, on: datetime = NOW) -> bool:
    roots = Store([x509.load_pem_x509_certificate(authority.read_bytes())])
    try:
        as_it_is: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        as_it_is = x509.DNSName(name)
    assert isinstance(as_it_is, x509.IPAddress | x509.DNSName)
    judge = PolicyBuilder().store(roots).time(on).build_server_verifier(as_it_is)
    try:
        judge.verify(x509.load_pem_x509_certificate(certificate), [])
    except VerificationError:
        return False
    return True


def test_a_tablet_that_has_the_authority_trusts_each_name_of_the_server(tmp_path: Path) -> None:
    own = own_certificate(tmp_path, NOW, SCHOOL)
    assert own.is_new
    for name in (*SCHOOL, "localhost", "127.0.0.1"):
        assert is_trusted(own, name), name
    for name in ("other.school.local", "192.168.4.21"):
        assert not is_trusted(own, name), name


def test_the_names_of_this_machine_make_a_certificate(tmp_path: Path) -> None:
    names = own_names()
    assert names
    own = own_certificate(tmp_path, NOW, names)
    assert all(is_trusted(own, name) for name in names)


def test_both_keys_are_private_and_belong_to_their_certificates(tmp_path: Path) -> None:
    own = own_certificate(tmp_path, NOW, SCHOOL)
    for certificate, key in ((own.certificate, own.key), (own.authority, tmp_path / "authority-key.pem")):
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        assert key.stat().st_mode & 0o077 == 0


def test_what_holds_is_not_made_again(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, NOW, SCHOOL)
    made = first.authority.read_bytes(), first.certificate.read_bytes()
    again = own_certificate(tmp_path, NOW + timedelta(days=200), SCHOOL)
    assert not again.is_new
    assert (again.authority.read_bytes(), again.certificate.read_bytes()) == made


@pytest.mark.parametrize(
    ("days", "names"),
    [(0, (*SCHOOL, "10.0.0.9")), (310, SCHOOL), (390, SCHOOL)],
    ids=["another address", "soon over", "over"],
)
def test_a_new_certificate_of_the_server_asks_nothing_of_the_tablets(
    tmp_path: Path, days: int, names: tuple[str, ...]
) -> None:
    first = own_certificate(tmp_path, NOW, SCHOOL)
    authority, shown = first.authority.read_bytes(), first.certificate.read_bytes()
    later = NOW + timedelta(days=days)
    own = own_certificate(tmp_path, later, names)
    assert not own.is_new
    assert own.certificate.read_bytes() != shown
    assert own.authority.read_bytes() == authority
    assert all(is_trusted(own, name, on=later) for name in names)


def test_a_name_that_the_authority_may_not_speak_for_needs_a_new_one(tmp_path: Path) -> None:
    own_certificate(tmp_path, NOW, SCHOOL)
    own = own_certificate(tmp_path, NOW, ("hour.school.local",))
    assert own.is_new
    assert is_trusted(own, "hour.school.local")


def test_files_that_hold_nothing_or_do_not_belong_together_are_made_anew(tmp_path: Path) -> None:
    own = own_certificate(tmp_path, NOW, SCHOOL)
    own.key.write_text("nothing")
    (tmp_path / "authority-key.pem").write_bytes(own.key.read_bytes())
    again = own_certificate(tmp_path, NOW, SCHOOL)
    assert again.is_new
    assert is_trusted(again, SCHOOL[0])


def test_whoever_gets_at_the_authoritys_key_cannot_pose_as_somebody_else(tmp_path: Path) -> None:
    own = own_certificate(tmp_path, NOW, SCHOOL)
    issuer = x509.load_pem_x509_certificate(own.authority.read_bytes())
    key = load_pem_private_key((tmp_path / "authority-key.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    honest = x509.load_pem_x509_certificate(own.certificate.read_bytes())

    def forged(name: x509.GeneralName) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(honest.subject)
            .issuer_name(issuer.subject)
            .public_key(honest.public_key())
            .serial_number(1)
            .not_valid_before(honest.not_valid_before_utc)
            .not_valid_after(honest.not_valid_after_utc)
            .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        )
        for extension in honest.extensions:
            if not isinstance(extension.value, x509.SubjectAlternativeName):
                builder = builder.add_extension(extension.value, critical=extension.critical)
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)

    assert _is_trusted(own.authority, forged(x509.DNSName(SCHOOL[0])), SCHOOL[0])
    assert not _is_trusted(own.authority, forged(x509.DNSName("bank.example")), "bank.example")
    public = x509.IPAddress(ipaddress.ip_address("203.0.113.7"))
    assert not _is_trusted(own.authority, forged(public), "203.0.113.7")


@pytest.mark.parametrize("name", ["the office", "", "-x.local", "https://convo.school.local", "a" * 64])
def test_what_is_no_name_of_a_machine_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="no name or address of a machine"):
        own_certificate(tmp_path, NOW, (name,))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongSetup, match="cannot be kept"):
        own_certificate(tmp_path / "gone", NOW, SCHOOL)


def test_a_schools_own_authority_is_used_as_it_is(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fenmarket")])
    theirs = (
        x509.CertificateBuilder()
        .subject_name(title)
        .issuer_name(title)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=3000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "authority.crt").write_bytes(theirs.public_bytes(Encoding.PEM))
    own_key = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "authority-key.pem").write_bytes(own_key)
    own = own_certificate(tmp_path, NOW, SCHOOL)
    assert not own.is_new
    shown = x509.load_pem_x509_certificate(own.certificate.read_bytes())
    shown.verify_directly_issued_by(theirs)
