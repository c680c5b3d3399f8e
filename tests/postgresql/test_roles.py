"""`manage.py create_database_roles`, as a superuser and as the master user of Amazon RDS, who is
none; and what the service's role can and cannot do."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from tests.live.person import Person
from tests.live.server import Server

OWNERS = 'own: with/all@of%them\'s "and" $more'
USERS = 'use: with/all@of%them\'s "and" $more'


def as_role(url: str, role: str, password: str, database: str) -> str:
    """The URL of a server that is reached by a socket."""
    query = urlsplit(url).query
    return f"postgresql://{role}:{quote(password, safe='')}@/{database}?{query}"


@dataclass(frozen=True)
class Database:
    name: str
    admin: Server
    owner: Server
    user: Server

    def create(self, *options: str) -> str:
        done = self.admin.manage("create_database_roles", self.name, *options)
        assert done.returncode == 0, done.stderr
        assert OWNERS not in done.stdout and USERS not in done.stdout
        return done.stdout

    def execute(self, role: str, *statements: str) -> None:
        """In the database, by a role that needs no password over the socket."""
        url = as_role(self.admin.database_url, role, "", self.name)
        with psycopg.connect(url) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def refuses(self, statement: str) -> bool:
        """To the service's role."""
        with psycopg.connect(self.user.database_url) as connection:
            try:
                connection.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                connection.rollback()
                return True
        return False


@pytest.fixture(params=["master user"])
def database(request: pytest.FixtureRequest, tmp_path: Path, database_server: str) -> Database:
    name = f"shop_{uuid.uuid4().hex[:12]}"
    admin = "postgres"
    if request.param == "master user":
        admin = f"{name}_master"
        rights = "LOGIN CREATEROLE CREATEDB PASSWORD 'master'"
        with psycopg.connect(database_server, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {admin} {rights}".encode())

    def server(role: str, password: str, database: str) -> Server:
        url = as_role(database_server, role, password, database)
        folder = tmp_path / role
        folder.mkdir()
        passwords = {"OWNER_PASSWORD": OWNERS, "USER_PASSWORD": USERS}
        return Server(folder, url, WEB_CONCURRENCY="1", **passwords)

    return Database(
        name,
        server(admin, "master", "postgres"),
        server(f"{name}_owner", OWNERS, name),
        server(f"{name}_user", USERS, name),
    )


@pytest.mark.parametrize("database", ["superuser", "master user"], indirect=True)
def test_the_shop_as_an_unprivileged_role(database: Database) -> None:
    database.create()
    migrated = database.owner.manage("migrate", "--verbosity=0")
    assert migrated.returncode == 0, migrated.stderr
    database.create()  # again, and now there are tables

    database.user.start()
    try:
        seller = Person.signed_up(database.user.url)
        item = seller.offer(stock=2)
        assert Person.signed_up(database.user.url).buy(item).status_code == 201
        assert database.user.stop() == 0
    finally:
        database.user.kill()

    assert database.user.select("catalog_entry", "quantity", item_id=item) == [(1,)]
    for statement in (
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE catalog_item ADD mine int",
        "DROP TABLE catalog_entry",
        "TRUNCATE catalog_entry",
        "CREATE ROLE mine",
        f"SET ROLE {database.name}_owner",
    ):
        assert database.refuses(statement), statement


def test_tables_that_are_made_later(database: Database) -> None:
    """As documented: the roles, then migrate, then the service, and no second time."""
    database.create()
    assert database.owner.manage("migrate", "--verbosity=0").returncode == 0
    done = database.user.manage("create_demo_account")
    assert done.returncode == 0, done.stderr


def test_a_schema_from_before_version_15(database: Database) -> None:
    """pg_upgrade keeps it: the superuser's, and everybody may make tables."""
    database.create()
    database.execute(
        "postgres",
        "ALTER SCHEMA public OWNER TO postgres",
        "GRANT ALL ON SCHEMA public TO PUBLIC",
    )

    done = database.admin.manage("create_database_roles", database.name)

    assert done.returncode == 1
    assert done.stderr.startswith(f"CommandError: The role {database.name}_user can still make")
    cure = f'ALTER SCHEMA public OWNER TO "{database.name}_owner"'
    assert cure in done.stderr
    database.execute("postgres", cure)
    database.create()
    assert database.refuses("CREATE TABLE mine (id int)")


@pytest.mark.parametrize("database", ["superuser"], indirect=True)
def test_a_schema_that_can_be_taken_over(database: Database) -> None:
    database.create()
    database.execute(
        "postgres",
        "ALTER SCHEMA public OWNER TO postgres",
        "GRANT ALL ON SCHEMA public TO PUBLIC",
    )
    database.create()
    assert database.refuses("CREATE TABLE mine (id int)")
    assert database.owner.manage("migrate", "--verbosity=0").returncode == 0


def test_a_role_that_might_make_tables(database: Database) -> None:
    database.create()
    database.execute(
        f"{database.name}_owner", f"GRANT CREATE ON SCHEMA public TO {database.name}_user"
    )
    database.create()
    assert database.refuses("CREATE TABLE mine (id int)")


@pytest.mark.parametrize(
    ("member", "granted"), [("user", "{}_owner"), ("user", "pg_monitor"), ("owner", "pg_monitor")]
)
def test_a_member_of_another_role(database: Database, member: str, granted: str) -> None:
    database.create()
    member, granted = f"{database.name}_{member}", granted.format(database.name)
    database.execute("postgres", f"GRANT {granted} TO {member}")
    done = database.admin.manage("create_database_roles", database.name)
    assert done.returncode == 1
    assert done.stderr.startswith(f"CommandError: The role {member} is a member of {granted},")


def test_migrate_as_the_services_role(database: Database) -> None:
    database.create()
    done = database.user.manage("migrate")
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: This database role may not change tables.")


def test_a_database_with_tables_of_the_administrators(database: Database) -> None:
    """As of a shop that began with one role for everything."""
    database.create()
    there = as_role(
        database.admin.database_url, database.admin.folder.name, "master", database.name
    )
    folder = database.admin.folder / "before"
    folder.mkdir()
    with psycopg.connect(there) as connection:
        connection.execute(f"SET ROLE {database.name}_owner".encode())
        connection.execute(f"GRANT ALL ON SCHEMA public TO {database.admin.folder.name}".encode())
    before = Server(folder, there)
    assert before.manage("migrate", "--verbosity=0").returncode == 0

    database.create()

    assert database.user.manage("create_demo_account").returncode == 0
    assert (
        database.owner.manage("migrate", "accounts", "zero", "--allow-destructive").returncode == 0
    )


def test_other_databases_are_closed(database: Database, database_server: str) -> None:
    database.create()
    other = f"{database.name}_other"
    assert database.admin.manage("create_database_roles", other).returncode == 0
    url = as_role(database_server, f"{database.name}_user", USERS, other)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(url)


def test_names_of_ones_own(database: Database) -> None:
    said = database.create(f'--owner={database.name}-Ä"', f"--user={database.name} run")
    assert said == f'Database {database.name}: {database.name}-Ä" for migrate, ' + (
        f"{database.name} run for the service.\n"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--user=same", "--owner=same"], "--owner and --user are the same"),
        (["--user=postgres"], "The role postgres exists and may do more"),
    ],
)
def test_refused(database: Database, options: list[str], sentence: str) -> None:
    done = database.admin.manage("create_database_roles", database.name, *options)
    assert done.returncode == 1
    assert done.stderr.startswith(f"CommandError: {sentence}")


def test_no_password(database: Database) -> None:
    del database.admin.environment["USER_PASSWORD"]
    done = database.admin.manage("create_database_roles", database.name)
    assert done.returncode == 1
    assert done.stderr == (
        f"CommandError: The role {database.name}_user needs a password: set USER_PASSWORD.\n"
    )


def test_another_database(tmp_path: Path) -> None:
    done = Server(tmp_path, f"sqlite:///{tmp_path}/file").manage("create_database_roles", "shop")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "CommandError: DATABASE_URL is that of neither a PostgreSQL nor a"
    )
