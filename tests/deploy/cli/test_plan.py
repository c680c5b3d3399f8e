import json
from dataclasses import replace

from tests.deploy.cli.conftest import Run
from tests.deploy.cli.shop import Shop


def planned(run: Run, shop: Shop, *more: str) -> dict[str, object]:
    ended = run("plan", shop, "--format", "json", *more)
    assert ended.code == 0, ended.err
    found: dict[str, object] = json.loads(ended.out)
    return found


def test_nothing_there(absent: Shop, run: Run) -> None:
    found = planned(run, absent)
    stacks = {each["part"]: each for each in found["stacks"]}  # type: ignore[attr-defined]
    order = "registry", "network", "data", "cluster", "accounts-tasks", "catalog-tasks"
    assert list(stacks) == [*order, "accounts", "catalog"]
    assert {each["action"] for each in stacks.values()} == {"create"}
    created = {each["logical_id"] for each in stacks["data"]["changes"]}
    assert "PostgreSQL" in created
    # Conditions that do not hold make nothing.
    assert "DocumentDBCluster" not in created
    assert stacks["cluster"]["after"] == ["network", "data"]
    assert found["tasks"]["accounts"] == ["bootstrap", "migration"]  # type: ignore[index]
    assert "little-ecom/absent/accounts/owner" in found["secrets"]  # type: ignore[operator]
    assert found["losses"] == []


def test_nothing_is_made(absent: Shop, run: Run) -> None:
    run("plan", absent)
    assert absent.stack("registry").status is None
    assert absent.stack("cluster").status is None


def test_text(absent: Shop, run: Run) -> None:
    out = run("plan", absent).out
    assert "data will be created after network" in out
    assert "PostgreSQL (RDS DBInstance)" in out
    assert "allow_http" in out
    assert "accounts → PostgreSQL (5432)" in out


def test_no_changes(shop: Shop, run: Run) -> None:
    found = planned(run, shop, "--image", "first")
    assert {each["action"] for each in found["stacks"]} == {"unchanged"}  # type: ignore[attr-defined]
    assert found["secrets"] == []


def test_new_image(shop: Shop, run: Run) -> None:
    shop.push("second")
    found = planned(run, shop, "--image", "second")
    stacks = {each["part"]: each for each in found["stacks"]}  # type: ignore[attr-defined]
    changes = {each["logical_id"]: each for each in stacks["accounts"]["changes"]}
    assert changes["TaskDefinition"]["action"] == "replace"
    assert changes["EcsService"]["action"] == "change"
    assert changes["EcsService"]["properties"] == ["TaskDefinition"]
    # A new revision is how a service is updated, and loses nothing.
    assert found["losses"] == []
    assert stacks["cluster"]["action"] == "unchanged"


def test_changed_in_place(shop: Shop, run: Run) -> None:
    found = planned(run, changed(shop, "log_days", "60"), "--image", "first")
    stacks = {each["part"]: each for each in found["stacks"]}  # type: ignore[attr-defined]
    [log] = stacks["cluster"]["changes"]
    assert (log["logical_id"], log["action"]) == ("Log", "change")
    assert log["properties"] == ["RetentionInDays"]


def test_left_over_stack(shop: Shop, run: Run) -> None:
    found = planned(run, changed(shop, "network", NETWORK), "--image", "first")
    assert found["left"] == ["little-ecom-production-network"]


def test_image_that_is_nowhere(shop: Shop, run: Run) -> None:
    ended = run("plan", shop, "--image", "never")
    assert ended.code == 1
    assert "has no image never" in ended.err


def test_refusal_names_the_setting(absent: Shop, run: Run) -> None:
    ended = run("plan", changed(absent, "instance_type", '"m9.huge"'))
    assert ended.code == 1
    assert "Cause: instance_type: 'm9.huge' is none of t2.micro" in ended.err
    assert "Traceback" not in ended.err


def test_change_sets_are_deleted(shop: Shop, run: Run) -> None:
    run("plan", changed(shop, "log_days", "60"), "--image", "first")
    for part in ("cluster", "accounts"):
        listed = shop.stack(part).client.list_change_sets(StackName=shop.stack(part).name)
        open_ones = [each for each in listed["Summaries"] if each["ExecutionStatus"] == "AVAILABLE"]
        assert open_ones == []


NETWORK = (
    '{vpc = "vpc-0a1b2c3d", cidr = "10.9.0.0/16", public_subnets = ["subnet-0a1b2c3d", '
    '"subnet-0a1b2c3e"], private_subnets = ["subnet-0a1b2c3f", "subnet-0a1b2c40"]}'
)


def changed(shop: Shop, setting: str, value: str) -> Shop:
    """The same deployment with another setting, in another file."""
    file = shop.file.with_name(f"{shop.environment}-{setting}.toml")
    file.write_text(shop.file.read_text() + f"{setting} = {value}\n")
    return replace(shop, file=file)
