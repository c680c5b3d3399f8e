"""A certificate authority for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A test's authority")])


@dataclass(frozen=True)
class Authority:
    path: Path
    key: EllipticCurvePrivateKey

    @classmethod
    def new(cls, path: Path) -> "Authority":
        """Its certificate is written to `path`."""
        authority = cls(path, generate_private_key(SECP256R1()))
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        certificate = authority.sign(NAME, authority.key.public_key(), constraints)
        path.write_bytes(certificate.public_bytes(Encoding.PEM))
        return authority

    def certify(self, host: str, certificate: Path, key: Path) -> None:
        """Write a server's certificate and key."""
        private = generate_private_key(SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A test's server")])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        signed = self.sign(subject, private.public_key(), names)
        certificate.write_bytes(signed.public_bytes(Encoding.PEM))
        key.touch(mode=0o600)
        key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def sign(
        self, subject: x509.Name, key: EllipticCurvePublicKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(NAME)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        )
        return builder.sign(self.key, SHA256())
