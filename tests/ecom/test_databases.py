import ssl
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ecom.databases import DOCUMENTDB, database_of
from ecom.postgresql import RDS_CERTIFICATES
from tests.ecom.test_settings import REQUIRED, load

AWS = "mongodb://shop:hunter2@shop.cluster-c0ffee.eu-central-1.docdb.amazonaws.com:27017"


def test_documentdb() -> None:
    config = database_of(f"{AWS}/catalog?tls=true&replicaSet=rs0", pool_size=7, gate=True)
    assert (config["ENGINE"], config["NAME"]) == (DOCUMENTDB, "catalog")
    assert config["OPTIONS"] == {
        "maxPoolSize": 7,
        "gate": True,
        "tlsCAFile": str(RDS_CERTIFICATES),
    }


def test_a_certificate_authority_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "ca.pem"
    own.write_text("")
    url = f"{AWS}/catalog?tls=true&tlsCAFile={own}"
    assert "tlsCAFile" not in database_of(url, 7, gate=False)["OPTIONS"]


def test_elsewhere_than_on_aws() -> None:
    options = database_of("mongodb://127.0.0.1:27017/catalog", 7, gate=False)["OPTIONS"]
    assert "tlsCAFile" not in options


def test_the_certificates_of_amazon() -> None:
    context = ssl.create_default_context(cafile=str(RDS_CERTIFICATES))
    subjects = str([authority["subject"] for authority in context.get_ca_certs()])
    for region in ("us-east-1", "eu-central-1", "ap-southeast-2"):
        assert f"Amazon RDS {region} Root CA RSA2048 G1" in subjects


@pytest.mark.parametrize(
    "url",
    [
        AWS,  # no database
        "mongodb://shop:hunter2/@host:27017/catalog",  # a / in the password
        "mongodb://shop:hunter2@host:many/catalog",
        "postgresql://shop:hunter2/x@host/name",  # what comes before the / is taken for a port
        f"{AWS}/catalog?tlsCAFile=no-such-file.pem",
    ],
)
def test_unusable(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as raised:
        database_of(url, 7, gate=False)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_pool_in_the_url() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL has an option pool") as raised:
        database_of("postgresql://shop@host/shop?pool=hunter2", 7, gate=False)
    assert "hunter2" not in str(raised.value)


def test_server_options_that_look_like_a_number() -> None:
    config = database_of("postgresql://shop@host/shop?options=5", 7, gate=False)
    assert config["OPTIONS"]["options"].endswith(" 5")


def test_the_pool_waits_as_long_as_a_connection_may_take() -> None:
    for query, seconds in (("", 1.5), ("?connect_timeout=1", 1.5), ("?connect_timeout=20", 20)):
        options = database_of(f"postgresql://shop@host/shop{query}", 7, gate=False)["OPTIONS"]
        assert options["pool"]["timeout"] == seconds


@pytest.mark.parametrize(
    "option", ["tlsAllowInvalidHostnames", "tlsAllowInvalidCertificates", "tlsInsecure"]
)
class TestUnverifiedNames:
    """At the near end of a tunnel only."""

    TUNNEL = "mongodb://shop:hunter2@127.0.0.1:9/catalog?tls=true&directConnection=true"

    def test_through_a_tunnel(self, option: str) -> None:
        assert database_of(f"{self.TUNNEL}&{option}=true", 7, gate=False)["NAME"] == "catalog"

    @pytest.mark.parametrize(
        "hosts", [AWS, AWS.replace("@", "@127.0.0.1,"), "mongodb://shop:hunter2@10.0.0.1"]
    )
    def test_elsewhere(self, option: str, hosts: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL says {option}") as raised:
            database_of(f"{hosts}/catalog?tls=true&{option}=true", 7, gate=False)
        assert "hunter2" not in str(raised.value)
        assert database_of(f"{hosts}/catalog?tls=true&{option}=false", 7, gate=False)

    def test_in_a_task(self, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/0a1b")
        with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL says {option}"):
            database_of(f"{self.TUNNEL}&{option}=true", 7, gate=False)


@pytest.mark.parametrize("shape", ["accounts", "monolith"])
def test_accounts_needs_transactions(tmp_path: Path, shape: str) -> None:
    done = load(shape, tmp_path, **REQUIRED | {"DATABASE_URL": f"{AWS}/shop"})
    assert "accounts needs transactions" in done.stderr
    assert "hunter2" not in done.stderr
