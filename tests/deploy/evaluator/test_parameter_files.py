import pytest

from deploy.ecs.evaluator import TemplateError, read_parameters
from tests.deploy.evaluator.writing import Folder, texts

GOOD = """[
  {"ParameterKey": "A", "ParameterValue": "1"},
  {"ParameterKey": "B", "UsePreviousValue": true}
]"""


def test_read(folder: Folder) -> None:
    assert read_parameters(folder.write(GOOD, "p.json")) == {"A": "1", "B": None}


def test_use(folder: Folder) -> None:
    text = "Resources: {}\nParameters: {A: {Type: Number}, B: {Type: String}}"
    stack = folder.stack(text, read_parameters(folder.write(GOOD, "p.json")))
    assert stack.parameters["A"] == "1"
    assert texts(stack) == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("{}", 1, "It should be a list of"),
        ("", 1, "It should be a list of"),
        ('["A=1"]', 1, "no ParameterKey"),
        ('[\n{"ParameterValue": "1"}]', 2, "no ParameterKey"),
        ('[\n{"ParameterKey": "A", "ParameterValue": 1}]', 2, "A is no string. Put it in quotes"),
        ('[\n{"ParameterKey": "A"}]', 2, "ParameterValue of A is no string"),
        ('[\n{"ParameterKey": "A", "UsePreviousValue": false}]', 2, "A is no string"),
        ('[\n{"ParameterKey": "A", "Value": "1"}]', 2, "A has Value, which means nothing"),
        (f"{GOOD[:-2]},\n{GOOD[2:]}", 4, "A is here twice"),
        ("]", 1, "neither JSON nor YAML"),
    ],
)
def test_wrong(folder: Folder, text: str, line: int, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read_parameters(folder.write(text, "p.json"))
    assert said in caught.value.text
    assert caught.value.place.line == line
