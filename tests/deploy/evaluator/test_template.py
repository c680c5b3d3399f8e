import pytest

from deploy.ecs.evaluator import TemplateError
from tests.deploy.evaluator.writing import Folder

RESOURCES = "Resources: {A: {Type: T}}\n"


@pytest.mark.parametrize("text", ["", "text", "- a\n", "a: 1", "Resources:\n", "Resources: [a]"])
def test_no_template(folder: Folder, text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        folder.template(text)
    said = f"{folder.path}/shop.yaml:1:1: It is no CloudFormation template: it has no Resources."
    assert str(caught.value) == said


@pytest.mark.parametrize(
    "text",
    [
        RESOURCES,
        "AWSTemplateFormatVersion: 2010-09-09\nDescription: d\nMetadata: {a: 1}\n" + RESOURCES,
        "Rules: {a: {Assertions: []}}\nHooks: {a: {Type: b}}\n" + RESOURCES,
        "Transform: AWS::LanguageExtensions\n" + RESOURCES,
        "Transform: [AWS::LanguageExtensions]\n" + RESOURCES,
    ],
)
def test_nothing_wrong(folder: Folder, text: str) -> None:
    assert folder.template(text).problems == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Transform: AWS::Serverless-2016-10-31\nGlobals: {}\n", "macro AWS::Serverless-2016"),
        ("Transform:\n  - AWS::LanguageExtensions\n  - Mine\n", "macro Mine"),
        ("Transform:\n  Name: AWS::Include\n  Parameters: {}\n", "macro AWS::Include"),
    ],
)
def test_macro(folder: Folder, text: str, said: str) -> None:
    (problem,) = folder.template(text + RESOURCES).problems
    assert said in problem.text
    assert not problem.refused


def test_place_of_a_macro(folder: Folder) -> None:
    (problem,) = folder.template(
        "Transform:\n  - AWS::LanguageExtensions\n  - Mine\n" + RESOURCES
    ).problems
    assert problem.place.line == 3


@pytest.mark.parametrize("name", ["Conditions", "Mappings", "Outputs", "Parameters", "Rules"])
def test_wrong_section(folder: Folder, name: str) -> None:
    template = folder.template(f"{RESOURCES}{name}: [a]\n")
    (problem,) = template.problems
    assert (problem.place.line, problem.refused) == (2, True)
    assert problem.text == f"{name} takes names and what they stand for."
    assert template.section(name) == {}


def test_no_such_section(folder: Folder) -> None:
    (problem,) = folder.template(f"{RESOURCES}Paramters: {{}}\n").problems
    assert str(problem).endswith("shop.yaml:2:1: There is no section Paramters.")


def test_a_macro_may_bring_sections(folder: Folder) -> None:
    assert len(folder.template(f"Transform: Mine\nOurs: 1\n{RESOURCES}").problems) == 1
