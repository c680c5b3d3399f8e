from pathlib import Path

import pytest

from deploy.ecs.configuration import PRESETS, environments, read
from deploy.ecs.configuration.text import deployment_text, written_out
from deploy.ecs.errors import DeploymentError
from tests.deploy.deployments import deployment

SERVICES = """\
[services.accounts]
paths = ["/accounts/*"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deployment.toml"


def refused(file: Path, text: str, environment: str | None = None) -> DeploymentError:
    file.write_text(text)
    with pytest.raises(DeploymentError) as refusal:
        read(file, environment)
    return refusal.value


def production(settings: str, own: str = "") -> str:
    region = '[environments.production]\nregion = "eu-central-1"\n'
    return f'preset = "fargate"\n{settings}\n{SERVICES}\n{region}{own}'


# Each of the file's settings, on its own line (the second, unless it is in a table).
SENTENCES = {
    "instance_typ = 1": ":2: instance_typ is no setting; did you mean instance_type?.",
    "exec = 1": ":2: exec is 1, and has to be true or false, without quotes.",
    'exec = "yes"': ":2: exec is 'yes', and has to be true or false, without quotes.",
    'log_days = "30"': ":2: log_days is '30', and has to be a number, without quotes.",
    "log_days = true": ":2: log_days is True, and has to be a number, without quotes.",
    "domain = 1": ":2: domain is 1, and has to be a string, in quotes.",
    'zones = "a"': ":2: zones is 'a', and has to be a list, in square brackets.",
    "zones = [1]": ":2: zones.0 is 1, and has to be a string, in quotes.",
    "task = 1": ":2: task is 1, and has to be a table of settings.",
    'launch = "lambda"': ":2: launch is 'lambda', and has to be 'fargate' or 'ec2'.",
    'account = "12"': r":2: account is '12', which does not match ^\d{12}$.",
    'project = "Shop"': ":2: project is 'Shop', which does not match ",
    "task = {cpus = 1}": ":2: task.cpus is no setting; did you mean cpu?.",
    "[task]\ncpu = '1'": ":3: task.cpu is '1', and has to be a number, without quotes.",
    "[postgresql]\nmulti_az = 1": ":3: postgresql.multi_az is 1, and has to be true or false",
    "[postgresql.existing]\nhost = 'a'": ":2: postgresql.existing.security_group is missing.",
    "[network]\nvpc = 'a'": ":2: network.cidr is missing.",
}


@pytest.mark.parametrize(("settings", "sentence"), SENTENCES.items(), ids=SENTENCES)
def test_sentence(settings: str, sentence: str, file: Path) -> None:
    error = refused(file, production(settings))
    assert error.cause.startswith(f"{file}{sentence.removesuffix('.')}")
    assert error.cure == "Correct it; docs/deployment.md has all settings."


def test_line_of_a_services_setting(file: Path) -> None:
    text = production("") + "\n[services.catalog]\npaths = []\n"
    error = refused(file, text)
    line = text.splitlines().index("paths = []") + 1
    assert error.cause.startswith(f"{file}:{line}: services.catalog.paths is not right")


def test_line_in_the_environments_own_table(file: Path) -> None:
    """Where both have it, the environment's is what counts."""
    text = production("log_days = 30", 'log_days = "7"\n')
    line = text.splitlines().index('log_days = "7"') + 1
    assert refused(file, text).cause.startswith(f"{file}:{line}: log_days is '7'")


def test_line_of_an_environments_table(file: Path) -> None:
    text = production("") + "[environments.production.task]\ncpu = true\n"
    line = text.splitlines().index("cpu = true") + 1
    assert refused(file, text).cause.startswith(f"{file}:{line}: task.cpu is True")


def test_all_that_is_wrong_the_misspelt_first(file: Path) -> None:
    error = refused(file, production("log_days = true\nmail_prot = 25"))
    assert "mail_prot is no setting; did you mean mail_port?" in error.cause
    [other] = error.details
    assert "log_days" in other


@pytest.mark.parametrize("preset", ["", 'preset = "cheap"\n', "preset = 1\n"])
def test_without_a_preset_nothing_else_is_said(preset: str, file: Path) -> None:
    error = refused(file, preset + production("").partition("\n")[2])
    assert ": preset is " in error.cause
    assert not [each for each in error.details if "launch" in each]


def test_no_file(file: Path) -> None:
    with pytest.raises(DeploymentError, match=r"There is no .*deployment\.toml"):
        read(file)


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize("content", [b"preset = ", b"\xff", b"a = 1\na = 2"])
def test_no_toml(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(DeploymentError, match="is not TOML"):
        read(file)


@pytest.mark.parametrize(
    "text", ["", "environments = 1", "environments = {a = 1}", "[environments]"]
)
def test_no_environments(text: str, file: Path) -> None:
    assert "has no environments" in refused(file, text).cause


def test_two_environments(file: Path) -> None:
    text = production('domain = "shop.example.com"', 'domain = "live.example.com"\n')
    text += '[environments.staging]\nregion = "eu-west-1"\npreset = "free-tier"\n'
    assert "production, staging" in refused(file, text).cause
    assert "has no environment test" in refused(file, text, "test").cause
    live, staging = read(file, "production"), read(file, "staging")
    assert (live.environment, live.domain, live.region) == (
        "production",
        "live.example.com",
        "eu-central-1",
    )
    assert (staging.domain, staging.launch) == ("shop.example.com", "ec2")
    assert environments(file) == ["production", "staging"]


def test_environments_name(file: Path) -> None:
    text = production("").replace("environments.production", "environments.Live")
    assert "environment is 'Live', which does not match" in refused(file, text).cause


def test_tables_are_merged_setting_by_setting(file: Path) -> None:
    file.write_text(production("[task]\nmemory = 1024", "task = {cpu = 512}\n"))
    assert read(file).task.model_dump() == {"cpu": 512, "memory": 1024}


def test_lists_are_replaced(file: Path) -> None:
    own = "[environments.production.services.accounts]\npaths = ['/a']\n"
    file.write_text(production("") + own)
    assert read(file).services["accounts"].paths == ["/a"]


def test_peer_that_is_no_service(file: Path) -> None:
    text = production("").replace(SERVICES, SERVICES + 'peers = {CATALOG_URL = "catalog"}\n')
    error = refused(file, text)
    assert "services.accounts.peers: CATALOG_URL names 'catalog'" in error.cause
    assert "(there are: none)" in error.cause


def test_path_of_two_services(file: Path) -> None:
    text = production("[services.catalog]\npaths = ['/accounts/*']")
    assert "/accounts/* is a path of" in refused(file, text).cause


@pytest.mark.parametrize("preset", ["free-tier", "private", "fargate"])
def test_what_init_writes(preset: str, file: Path) -> None:
    file.write_text(deployment_text(preset=preset, region="eu-central-1"))
    written = read(file)
    assert list(written.services) == ["accounts", "catalog"]
    assert written.uses_documentdb == (preset != "free-tier")
    assert written.allow_http


@pytest.mark.parametrize("preset", PRESETS)
def test_written_out_it_is_the_same(preset: str, tmp_path: Path) -> None:
    written = deployment(preset, alarm_email='"ann" <ann@example.com>')
    path = tmp_path / "deployment.toml"
    path.write_text(written_out(written))
    assert read(path) == written
