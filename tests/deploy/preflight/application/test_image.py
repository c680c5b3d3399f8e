"""B05, C01, C03, C04, C07, I07, I10: what the Dockerfile and the scripts in it say."""

from pathlib import Path

import pytest

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.application import findings
from deploy.ecs.preflight.application.dockerfile import Dockerfile
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.application.conftest import Ask, spelled
from tests.deploy.preflight.application.shop import OF_IMAGE

SERVE = 'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi"]\n'
GOOD = f"FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nEXPOSE 8000\n{SERVE}"
ENTRY = f'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./start.sh"]\n{SERVE}'
SCRIPT = '#!/bin/sh\nset -e\nexec "$@"\n'
NAME = "- Name: web"
CURL = "HealthCheck: {Command: [CMD-SHELL, 'curl -f http://localhost:8000/ || exit 1']}"
WGET = "HealthCheck: {Command: [CMD, wget, -q, 'http://localhost:8000/']}"
SERVICE = "      HealthCheckGracePeriodSeconds: 60\n"
BALANCED = next(f"{each}\n" for each in OF_IMAGE.splitlines() if "LoadBalancers: [" in each)


def beside(line: str) -> dict[str, str]:
    return {NAME: f"{NAME}\n          {line}"}


def told(
    ask: Ask, dockerfile: str, changes: dict[str, str] | None = None, script: str | None = None
) -> list[str]:
    files = {} if script is None else {"start.sh": script}
    return spelled(ask(changes, OF_IMAGE, dockerfile=dockerfile, **files))


def test_good_image(ask: Ask) -> None:
    assert told(ask, GOOD) == []


@pytest.mark.parametrize(
    ("dockerfile", "wanted"),
    [
        (GOOD.replace(":8000", ":9000"), ["error B05 Dockerfile CMD"]),
        (GOOD.replace("0.0.0.0", "127.0.0.1"), ["error B05 Dockerfile CMD"]),
        (
            GOOD.replace(SERVE, 'CMD ["serve"]\n').replace("8000", "80"),
            ["warning B05 Dockerfile EXPOSE"],
        ),
        (GOOD.replace(SERVE, 'CMD ["serve"]\n'), []),
        (GOOD.replace(":8000", ":$PORT").replace("EXPOSE", "ENV PORT=8000\nEXPOSE"), []),
    ],
)
def test_port(ask: Ask, dockerfile: str, wanted: list[str]) -> None:
    assert told(ask, dockerfile) == wanted


BARE = GOOD.replace('"--bind", "0.0.0.0:8000", ', "")


@pytest.mark.parametrize(
    ("dockerfile", "files", "wanted"),
    [
        (BARE, {}, ["error B05 Dockerfile CMD"]),
        (BARE.replace("EXPOSE", "ENV PORT=8000\nEXPOSE"), {}, []),
        (BARE.replace('"shop.wsgi"', '"-c", "conf.py", "shop.wsgi"'), {}, []),
        (BARE, {"gunicorn.conf.py": "bind = '0.0.0.0:8000'"}, []),
    ],
)
def test_gunicorn_without_options(
    ask: Ask, dockerfile: str, files: dict[str, str], wanted: list[str]
) -> None:
    assert spelled(ask({}, OF_IMAGE, dockerfile=dockerfile, **files)) == wanted


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ('"--threads", "4", ', ["note B21 Balancer LoadBalancerAttributes"]),
        ('"-k", "gevent", "--keep-alive", "5", ', ["warning B21 Balancer LoadBalancerAttributes"]),
        ('"-k", "gevent", "--keep-alive", "75", ', []),
        ('"--workers", "4", ', []),
    ],
)
def test_keep_alive(ask: Ask, options: str, wanted: list[str]) -> None:
    assert told(ask, GOOD.replace('"--bind"', f'{options}"--bind"')) == wanted


def test_port_of_the_environment(ask: Ask) -> None:
    changes = beside('Environment: [{Name: PORT, Value: "8000"}]')
    assert told(ask, GOOD.replace(SERVE, 'CMD ["serve"]\n').replace("8000", "80"), changes) == []


@pytest.mark.parametrize(
    ("base", "check", "is_absent"),
    [
        ("python:3.13-slim", CURL, True),
        ("python:3.13-slim", WGET, True),
        ("python:3.13-alpine", CURL, True),
        ("python:3.13-alpine", WGET, False),
        ("python:3.13", CURL, False),
        ("debian:12", CURL, True),
        ("amazonlinux:2023", CURL, False),
        ("gcr.io/distroless/python3", CURL, True),
        ("example.com/own:1", CURL, False),
        ("python:3.13-slim\nRUN apt-get update && apt-get install -y curl", CURL, False),
        ("python:3.13-slim\nRUN apt-get install curl\nRUN apt-get purge -y curl", CURL, True),
        ("python:3.13-slim AS base\nRUN apt-get install -y curl\nFROM base", CURL, False),
        ("python:3.13 AS build\nRUN apt-get install -y curl\nFROM python:3.13-slim", CURL, True),
        ("python:3.13-slim", CURL.replace("||", "|| wget localhost ||"), True),
        ("python:3.13-alpine", CURL.replace("||", "|| wget localhost ||"), False),
        ("python:3.13-slim", "HealthCheck: {Command: [CMD, python, -m, curly]}", False),
        ("python:3.13-slim", "HealthCheck: {Command: [CMD-SHELL, !Ref Open]}", False),
    ],
)
def test_health_command(ask: Ask, base: str, check: str, is_absent: bool) -> None:
    found = told(ask, GOOD.replace("python:3.13-slim", base), beside(check))
    assert found == ["error C01 Task ContainerDefinitions.0.HealthCheck.Command"] * is_absent


CHECKED = GOOD.replace("EXPOSE", "HEALTHCHECK CMD python check.py\nEXPOSE")
WITHOUT = {SERVICE: "", BALANCED: ""}


@pytest.mark.parametrize(
    ("dockerfile", "changes", "wanted"),
    [
        (CHECKED, WITHOUT, ["warning C03 Dockerfile HEALTHCHECK"]),
        (CHECKED, {}, []),
        (CHECKED, WITHOUT | beside("HealthCheck: {Command: [CMD, python, check.py]}"), []),
        (CHECKED.replace("CMD python check.py", "NONE"), WITHOUT, []),
    ],
)
def test_health_check_of_docker(
    ask: Ask, dockerfile: str, changes: dict[str, str], wanted: list[str]
) -> None:
    assert told(ask, dockerfile, changes) == wanted


SHELL = GOOD.replace(SERVE, "CMD gunicorn --bind 0.0.0.0:8000 shop.wsgi\n")


@pytest.mark.parametrize(
    ("dockerfile", "changes", "wanted"),
    [
        (SHELL, {}, ["warning C04 Dockerfile CMD"]),
        (SHELL.replace("CMD", "CMD exec"), {}, []),
        (SHELL.replace("CMD", "ENTRYPOINT"), {}, ["warning C04 Dockerfile ENTRYPOINT"]),
        (SHELL, beside("LinuxParameters: {InitProcessEnabled: true}"), []),
        (SHELL, beside("Command: [gunicorn, --bind, '0.0.0.0:8000', shop]"), []),
        (
            GOOD,
            beside("Command: [sh, -c, 'gunicorn -b 0.0.0.0:8000 shop']"),
            ["warning C04 Task ContainerDefinitions.0.Command"],
        ),
        (GOOD, beside("EntryPoint: !Ref Open"), []),
        (
            GOOD,
            beside("EntryPoint: [sh, -c]\n          Command: ['gunicorn -b 0.0.0.0:8000 shop']"),
            ["warning C04 Task ContainerDefinitions.0.EntryPoint"],
        ),
    ],
)
def test_shell(ask: Ask, dockerfile: str, changes: dict[str, str], wanted: list[str]) -> None:
    assert told(ask, dockerfile, changes) == wanted


def executable(
    ask: Ask,
    script: str,
    dockerfile: str = ENTRY,
    mode: int = 0o755,
    changes: dict[str, str] | None = None,
) -> list[str]:
    Path("start.sh").write_bytes(script.encode())
    Path("start.sh").chmod(mode)
    return spelled(ask(changes, OF_IMAGE, dockerfile=dockerfile))


def test_script(ask: Ask) -> None:
    assert executable(ask, SCRIPT) == []


def test_script_without_exec(ask: Ask) -> None:
    Path("start.sh").write_text("#!/bin/sh\n./prepare\n\ngunicorn --bind 0.0.0.0:8000 shop\n")
    Path("start.sh").chmod(0o755)
    (finding,) = ask({}, OF_IMAGE, dockerfile=ENTRY)
    assert (finding.id, finding.severity, finding.place.line) == ("C04", "warning", 4)
    assert finding.place.file == Path("start.sh")


def test_server_of_a_script(ask: Ask) -> None:
    script = "#!/bin/sh\necho starting\nexec gunicorn \\\n  --bind 0.0.0.0:9000 shop\n"
    without = ENTRY.replace(SERVE, "")
    assert executable(ask, script, without) == ["error B05 start.sh server"]
    assert executable(ask, script.replace("9000", "8000"), without) == []


def test_dockerfile_in_a_folder(ask: Ask) -> None:
    """The context is the folder that has what is copied."""
    Path("docker").mkdir()
    Path("docker/Dockerfile").write_text(ENTRY.replace("COPY .", "COPY start.sh"))
    Path("start.sh").write_text(SCRIPT)
    assert Dockerfile.read(Path("docker/Dockerfile")).context == Path()


TWO = {SERVICE: f"{SERVICE}      DesiredCount: 2\n"}
MIGRATE = SCRIPT.replace("exec", "python manage.py migrate --noinput\nexec")


@pytest.mark.parametrize(
    ("script", "changes", "wanted"),
    [
        (MIGRATE, TWO, ["warning C07 start.sh migrate"]),
        (MIGRATE, {}, []),
        (MIGRATE, {SERVICE: f"{SERVICE}      DesiredCount: !Ref OpenPort\n"}, []),
        (MIGRATE.replace("python", "# python"), TWO, []),
        (
            SCRIPT.replace("exec", 'if [ "$MIGRATE" ]; then\n  python manage.py migrate\nfi\nexec'),
            TWO,
            [],
        ),
        (
            SCRIPT,
            TWO
            | beside("Command: [sh, -c, 'alembic upgrade head && exec gunicorn -b :8000 shop']"),
            ["warning C07 Task ContainerDefinitions.0.Command"],
        ),
    ],
)
def test_migrates(ask: Ask, script: str, changes: dict[str, str], wanted: list[str]) -> None:
    assert executable(ask, script, changes=changes) == wanted


@pytest.mark.parametrize(
    ("dockerfile", "script", "mode", "seen"),
    [
        (ENTRY, SCRIPT, 0o644, "permission denied"),
        (ENTRY, SCRIPT.replace("\n", "\r\n"), 0o755, "no such file or directory"),
        (ENTRY, SCRIPT.removeprefix("#!/bin/sh\n"), 0o755, "exec format error"),
        (ENTRY.replace("./start", "./begin"), SCRIPT, 0o755, "stat ./begin.sh"),
        (ENTRY.replace("COPY . .", "COPY shop.yaml ."), SCRIPT, 0o755, "stat ./start.sh"),
        (ENTRY.replace("COPY . .", "COPY . /srv/"), SCRIPT, 0o755, "stat ./start.sh"),
        (ENTRY.replace("./start", "start"), SCRIPT, 0o755, "not found in $PATH"),
    ],
)
def test_entry_point(ask: Ask, dockerfile: str, script: str, mode: int, seen: str) -> None:
    Path("start.sh").write_bytes(script.encode())
    Path("start.sh").chmod(mode)
    (told,) = ask({}, OF_IMAGE, dockerfile=dockerfile)
    assert (told.id, told.severity, told.resource, told.property) == (
        "I10",
        "error",
        "Dockerfile",
        "ENTRYPOINT",
    )
    assert seen in told.message
    assert told.place.line == 4


@pytest.mark.parametrize(
    ("dockerfile", "mode"),
    [
        (ENTRY.replace("ENTRYPOINT", "RUN chmod +x start.sh\nENTRYPOINT"), 0o644),
        (ENTRY.replace("COPY .", "COPY --chmod=755 ."), 0o644),
        (ENTRY.replace('["./start.sh"]', '["sh", "start.sh"]'), 0o644),
        (
            ENTRY.replace("COPY . .", "COPY start.sh /usr/local/bin/").replace("./start", "start"),
            0o755,
        ),
        (ENTRY.replace("COPY . .", "COPY *.sh ./"), 0o755),
        (ENTRY.replace("COPY . .", "RUN make start.sh"), 0o755),
        (ENTRY.replace("COPY . .", "COPY --from=build /app ."), 0o755),
        (ENTRY.replace("./start.sh", "/usr/bin/tini"), 0o755),
        (ENTRY.replace("3.13-slim", "3.13-slim\nARG A=1\nENV B=$A"), 0o755),
    ],
)
def test_entry_point_that_starts(ask: Ask, dockerfile: str, mode: int) -> None:
    assert executable(ask, SCRIPT, dockerfile, mode) == []


def test_script_that_is_ignored(ask: Ask) -> None:
    Path(".dockerignore").write_text("*\n!src\n")
    assert executable(ask, SCRIPT) == ["error I10 Dockerfile ENTRYPOINT"]
    Path(".dockerignore").write_text("*\n!start.sh\n")
    assert executable(ask, SCRIPT) == []


ARM = GOOD.replace("FROM", "FROM --platform=linux/arm64")
FARGATE = {SERVICE: f"{SERVICE}      LaunchType: FARGATE\n"}
MODE = "NetworkMode: awsvpc"


@pytest.mark.parametrize(
    ("dockerfile", "changes", "wanted"),
    [
        (ARM, FARGATE, ["error I07 Dockerfile FROM"]),
        (ARM, {}, []),
        (ARM, {MODE: f"{MODE}\n      RuntimePlatform: {{CpuArchitecture: ARM64}}"}, []),
        (
            ARM.replace("arm64", "amd64"),
            {MODE: f"{MODE}\n      RuntimePlatform: {{CpuArchitecture: ARM64}}"},
            ["error I07 Dockerfile FROM"],
        ),
        (ARM.replace("linux/arm64", "$BUILDPLATFORM"), FARGATE, []),
        (
            f"ARG P=linux/arm64\n{ARM.replace('linux/arm64', '$P')}",
            FARGATE,
            ["error I07 Dockerfile FROM"],
        ),
    ],
)
def test_platform(ask: Ask, dockerfile: str, changes: dict[str, str], wanted: list[str]) -> None:
    assert told(ask, dockerfile, changes) == wanted


def test_dockerfile_that_cannot_be_read(folder: Folder) -> None:
    found = list(findings(Graph.of([]), None, folder.path))
    assert spelled(found) == [f"note I10 {folder.path.name} Dockerfile"]


def test_image_of_others(ask: Ask) -> None:
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1"
    assert told(ask, SHELL, {image: "nginx:1"}) == []
