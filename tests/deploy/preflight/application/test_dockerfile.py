from pathlib import Path

import pytest

from deploy.ecs.preflight.application.dockerfile import Dockerfile

WHOLE = """\
# escape=\\
ARG BASE=python:3.13
from ${BASE} as build
RUN pip install \\
    # not for long
    gunicorn \\

    && true
RUN <<END
curl example.com
END
FROM scratch
COPY --from=build --chown=1:1 /app /app
ENV A=1 B="two words"
ENV C three words
EXPOSE 8000/tcp 9000
HEALTHCHECK --interval=5s CMD ["check", "it"]
CMD echo "$A"
"""


@pytest.fixture
def whole(tmp_path: Path) -> Dockerfile:
    path = tmp_path / "Dockerfile"
    path.write_text(WHOLE)
    return Dockerfile.read(path)


def test_instructions(whole: Dockerfile) -> None:
    assert [(each.name, each.line) for each in whole.instructions] == [
        ("ARG", 2),
        ("FROM", 3),
        ("RUN", 4),
        ("RUN", 9),
        ("FROM", 12),
        ("COPY", 13),
        ("ENV", 14),
        ("ENV", 15),
        ("EXPOSE", 16),
        ("HEALTHCHECK", 17),
        ("CMD", 18),
    ]
    assert whole.instructions[2].value == "pip install gunicorn && true"
    assert "curl example.com" in whole.instructions[3].value


def test_final_stage(whole: Dockerfile) -> None:
    assert whole.base == "scratch"
    assert [each.name for each in whole.final][:2] == ["FROM", "COPY"]
    assert whole.variables == {"A": "1", "B": "two words", "C": "three words"}
    assert whole.all("COPY")[0].flags == {"from": "build", "chown": "1:1"}


def test_both_forms(whole: Dockerfile) -> None:
    command, check = whole.last("CMD"), whole.last("HEALTHCHECK")
    assert command and command.words is None
    assert check and check.value == 'CMD ["check", "it"]'


def test_stage_on_a_stage(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("ARG V=3\nFROM python:$V AS Base\nRUN a\nFROM base\nRUN b\n")
    found = Dockerfile.read(path)
    assert found.base == "python:3"
    assert [each.value for each in found.all("RUN")] == ["a", "b"]


@pytest.mark.parametrize(
    "text", ["", "FROM", "FROM $X", "RUN x", "COPY", "CMD [1", "ENV", "\\", "FROM --a"]
)
def test_whatever_is_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(text)
    found = Dockerfile.read(path)
    assert found.base is None
    assert found.platform is None
    assert found.variables in ({}, {"": ""})
