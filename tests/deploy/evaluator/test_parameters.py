from typing import Any

import pytest

from deploy.ecs.evaluator.symbols import Attribute, Parameter, Reference, Text, Unknown
from tests.deploy.evaluator.writing import Folder, texts

P = Parameter("P", "shop")
VPC = Reference("Vpc", "network")


def read(folder: Folder, declared: str, given: Any = ...) -> tuple[Any, list[str]]:
    parameters = {} if given is ... else {"P": given}
    stack = folder.stack(f"Resources: {{}}\nParameters:\n  P: {{{declared}}}\n", parameters)
    return stack.parameters["P"], texts(stack)


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        ("Type: String, Default: a", ..., "a"),
        ("Type: String, Default: ''", ..., ""),
        ("Type: String, Default: a", "b", "b"),
        ("Type: String, Default: yes", ..., "true"),
        ("Type: Number, Default: 5", ..., "5"),
        ("Type: Number, MinValue: 1, MaxValue: '9.5'", "9.5", "9.5"),
        ("Type: Number, Default: 5", 6, "6"),
        ("Type: CommaDelimitedList, Default: 'a, b ,c'", ..., ["a", "b", "c"]),
        ("Type: CommaDelimitedList, Default: ''", ..., []),
        ("Type: List<Number>", "1,2", ["1", "2"]),
        ("Type: List<String>", "a", ["a"]),
        ("Type: AWS::EC2::VPC::Id", "vpc-1", "vpc-1"),
        ("Type: 'List<AWS::EC2::Subnet::Id>'", "subnet-1, subnet-2", ["subnet-1", "subnet-2"]),
        ("Type: AWS::SSM::Parameter::Name, Default: /a", ..., "/a"),
        ("Type: String, AllowedValues: [true, 'false']", "true", "true"),
        ("Type: String, AllowedValues: [yes, no], Default: no", ..., "false"),
        ("Type: Number, AllowedValues: [256, 512]", "512", "512"),
        ("Type: CommaDelimitedList, AllowedValues: [a, b]", "b,a", ["b", "a"]),
        ("Type: String, AllowedPattern: '[a-z]+'", "abc", "abc"),
        ("Type: CommaDelimitedList, AllowedPattern: '[a-z]+'", "abc,d", ["abc", "d"]),
        ("Type: String, MinLength: 2, MaxLength: '3'", "abc", "abc"),
    ],
)
def test_known(folder: Folder, declared: str, given: Any, value: Any) -> None:
    assert read(folder, declared, given) == (value, [])


SUBNETS = Text((Reference("A", "network"), ",", Reference("B", "network")))


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        ("Type: String", None, P),
        ("Type: String, Default: a", None, P),
        ("Type: String, AllowedValues: [a]", VPC, VPC),
        (
            "Type: AWS::SSM::Parameter::Value<String>, Default: /a",
            ...,
            Parameter("P", "shop", "/a"),
        ),
        ("Type: 'AWS::SSM::Parameter::Value<List<String>>'", "/b", Parameter("P", "shop", "/b")),
        ("Type: AWS::SSM::Parameter::Value<String>", VPC, Parameter("P", "shop", VPC)),
        ("Type: List<String>", VPC, [VPC]),
        ("Type: List<String>", ["a", VPC], ["a", VPC]),
        ("Type: List<String>", SUBNETS, [Reference("A", "network"), Reference("B", "network")]),
        ("Type: List<String>", Parameter("Q", "network"), Parameter("Q", "network")),
        (
            "Type: List<String>",
            Attribute("A", "Ids", "network"),
            Unknown("Fn::Split", [",", Attribute("A", "Ids", "network")]),
        ),
    ],
)
def test_symbolic(folder: Folder, declared: str, given: Any, value: Any) -> None:
    assert read(folder, declared, given) == (value, [])


@pytest.mark.parametrize(
    ("declared", "given", "said"),
    [
        ("Type: String", ..., "neither a value nor a default"),
        ("Type: Strin, Default: a", ..., "there is no type 'Strin'"),
        ("Default: a", ..., "there is no type ''"),
        ("Type: String, Default: [a]", ..., "a list stands where a string"),
        ("Type: String", ["a"], "a list stands where a string"),
        ("Type: Number", "five", "'five' is no number"),
        ("Type: List<Number>", "1,x", "'x' is no number"),
        ("Type: Number, MinValue: 3", "2.5", "MinValue is 3, but it is 2.5"),
        ("Type: Number, MaxValue: 3", "4", "MaxValue is 3, but it is 4"),
        ("Type: Number, MaxValue: x", "4", "MaxValue is no number"),
        ("Type: String, MinLength: 2", "a", "MinLength is 2, but it is 1"),
        ("Type: String, MaxLength: 2", "abc", "MaxLength is 2, but it is 3"),
        ("Type: String, AllowedValues: [a, 1]", "b", "'b' is none of a, 1"),
        ("Type: String, AllowedValues: [yes, no]", "yes", "'yes' is none of true, false"),
        ("Type: CommaDelimitedList, AllowedValues: [a]", "a,b", "'b' is none of a"),
        ("Type: String, AllowedPattern: '[a-z]+'", "abc1", "'abc1' does not match [a-z]+"),
        ("Type: CommaDelimitedList, AllowedPattern: '[a-z]'", "a,1", "'1' does not match"),
        ("Type: String, NoEcho: true, AllowedValues: [a]", "geheim", "its value is none of a"),
    ],
)
def test_wrong(folder: Folder, declared: str, given: Any, said: str) -> None:
    _, (problem,) = read(folder, declared, given)
    assert problem.startswith("3: Parameter P: ")
    assert said in problem
    assert "geheim" not in problem


def test_java_pattern(folder: Folder) -> None:
    stack = folder.stack(
        "Resources: {}\nParameters: {P: {Type: String, AllowedPattern: '\\p{Alpha}+'}}", {"P": "a"}
    )
    (problem,) = stack.problems
    assert "is not checked" in problem.text
    assert not problem.refused


def test_no_such_parameter(folder: Folder) -> None:
    stack = folder.stack("Resources: {}\n", {"Other": "a"})
    assert texts(stack) == ["1: There is no parameter Other."]


def test_no_object(folder: Folder) -> None:
    stack = folder.stack("Resources: {}\nParameters:\n  P: String\n")
    assert texts(stack) == ["3: Parameter P is no object."]
    assert stack.parameters == {"P": P}
