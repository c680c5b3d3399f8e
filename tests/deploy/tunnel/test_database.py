from urllib.parse import parse_qs, urlsplit

import psycopg.conninfo
from pymongo.uri_parser import parse_uri

from deploy.ecs.tunnel.database import Database
from ecom.databases import database_of
from ecom.postgresql import RDS_CERTIFICATES
from tests.deploy.tunnel.standins import DOCUMENTDB, POSTGRESQL

ACCOUNTS = Database("postgresql", POSTGRESQL, 5432, "accounts")
CATALOG = Database("documentdb", DOCUMENTDB, 27017, "catalog")


def test_the_settings_take_it() -> None:
    """As it is, with the certificates of Amazon and time for the way."""
    config = database_of(ACCOUNTS.url(15432), 2, gate=False)
    assert (config["HOST"], config["PORT"], config["NAME"]) == (POSTGRESQL, 15432, "accounts")
    options = config["OPTIONS"]
    assert (options["hostaddr"], options["sslmode"]) == ("127.0.0.1", "verify-full")
    assert options["sslrootcert"] == str(RDS_CERTIFICATES)
    assert options["pool"]["timeout"] == options["connect_timeout"] == 6
    assert database_of(CATALOG.url(17017), 2, gate=False)["NAME"] == "catalog"


def test_no_user_in_it() -> None:
    """The secret has it."""
    for database in (ACCOUNTS, CATALOG):
        assert "@" not in urlsplit(database.url(1)).netloc


def test_documentdb_verifies_the_authority() -> None:
    options = parse_qs(urlsplit(CATALOG.url(17017)).query)
    assert options["tls"] == options["directConnection"] == ["true"]
    assert options["tlsCAFile"] == [str(RDS_CERTIFICATES)]
    assert "tlsAllowInvalidCertificates" not in options


def test_instructions() -> None:
    line = ACCOUNTS.shell(15432)
    words = psycopg.conninfo.conninfo_to_dict(line.split('"')[1])
    assert (words["host"], words["hostaddr"]) == (POSTGRESQL, "127.0.0.1")
    assert (words["port"], words["sslmode"]) == ("15432", "verify-full")
    uri = parse_uri(CATALOG.shell(17017).split("'")[1])
    assert uri["nodelist"] == [("127.0.0.1", 17017)]
    assert uri["options"]["retryWrites"] is False
    assert "shop/accounts/owner" in "\n".join(ACCOUNTS.instructions(15432, "shop/accounts/owner"))
