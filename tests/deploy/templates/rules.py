"""What the Rules of a template refuse, before CloudFormation creates anything."""

from functools import cache

from deploy.ecs.evaluator import Template, evaluate
from tests.deploy.templates.stack import FOLDER


@cache
def template(name: str) -> Template:
    return Template.read(FOLDER / f"{name}.yaml")


def refusals(name: str, parameters: dict[str, str]) -> list[str]:
    """The sentences of the assertions that these parameters break."""
    descriptions = {
        assertion["AssertDescription"]
        for rule in template(name).section("Rules").values()
        for assertion in rule["Assertions"]
    }
    problems = evaluate(template(name), parameters).problems
    return [each.text for each in problems if each.text in descriptions]
