"""What the rehearsed services are started from."""

from pathlib import Path

import pytest

from deploy.ecs.errors import DeploymentError
from deploy.ecs.rehearsal.content import build


def test_it_is_what_the_image_has(tmp_path: Path) -> None:
    """Without the collected files no page can be shown."""
    build(tmp_path / "image")
    made = {each.name for each in (tmp_path / "image").iterdir()}
    assert {"ecom", "accounts", "catalog", "manage.py", "staticfiles"} <= made
    assert not {"tests", "deploy", ".git", ".venv"} & made
    for service in ("accounts", "catalog"):
        assert (tmp_path / "image" / "staticfiles" / service / "staticfiles.json").is_file()


def test_what_cannot_be_collected_is_said(tmp_path: Path) -> None:
    (tmp_path / "ecom").mkdir()
    (tmp_path / ".dockerignore").write_text("*\n!ecom\n")
    (tmp_path / "ecom" / "services.py").write_text("raise SystemExit('no services')")
    with pytest.raises(DeploymentError, match=r"-m ecom\.services fails") as caught:
        build(tmp_path / "image", tmp_path)
    assert caught.value.details == ["no services"]
