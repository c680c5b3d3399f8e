"""Templates built at random: whatever they are, evaluation ends, and never in an exception."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.ecs.evaluator import Environment, Output, Stack, Template, TemplateError, evaluate
from deploy.ecs.evaluator.symbols import NoValue, Symbol
from tests.deploy.evaluator.writing import GERMANY, Folder, texts

NAMES = st.sampled_from(
    ["A", "B", "C", "Open", "List", "Stored", "T", "U", "Nothing", "AWS::Region", "AWS::NoValue"]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 300),
    st.floats(allow_nan=False),
    NAMES,
    st.sampled_from(["", ",", "10.0.0.0/16", "A.Arn", "a,${A}-${B.Arn}${!x}${Open}", "${", "yes"]),
    st.text(max_size=5),
)
FUNCTIONS = st.sampled_from(
    ["Ref", "Condition", "Fn::ForEach::X"]
    + [f"Fn::{name}" for name in ("Join", "Select", "Split", "Sub", "GetAtt", "If", "FindInMap")]
    + [f"Fn::{name}" for name in ("GetAZs", "ImportValue", "Base64", "Cidr", "Length", "Other")]
    + [f"Fn::{name}" for name in ("ToJsonString", "Equals", "And", "Or", "Not", "Transform")]
)
DECLARED = st.sampled_from(
    ["Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxValue", "NoEcho"]
)
TYPES = st.sampled_from(["String", "Number", "List<String>"])


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, max_size=4)
    choice = st.tuples(st.sampled_from(["T", "U", "Nothing"]), inner, inner).map(list)
    well_formed = st.one_of(
        st.builds(lambda each: {"Ref": each}, NAMES),
        st.builds(lambda each: {"Fn::If": each}, choice),
        st.builds(lambda each: {"Fn::Join": [",", each]}, lists),
        st.builds(lambda index, each: {"Fn::Select": [index, each]}, st.integers(0, 2), inner),
        st.builds(lambda each: {"Fn::Split": [",", each]}, inner),
        st.builds(lambda name, each: {"Fn::Sub": ["${x}-${A}", {name: each}]}, st.just("x"), inner),
        st.builds(lambda left, right: {"Fn::Equals": [left, right]}, inner, inner),
    )
    anything = st.dictionaries(FUNCTIONS, inner, min_size=1, max_size=1)
    return st.one_of(
        well_formed, well_formed, anything, lists, st.dictionaries(NAMES, inner, max_size=3)
    )


NODES = st.recursive(SCALARS, _deeper, max_leaves=12)
ENTITIES = st.fixed_dictionaries(
    {"Type": st.sampled_from(["AWS::IAM::Role", "AWS::CloudFormation::Stack", "Custom::A"])},
    optional={
        "Properties": NODES,
        "Condition": st.one_of(st.sampled_from(["T", "U", "A"]), NODES),
        "DependsOn": st.one_of(NAMES, NODES),
        "Metadata": NODES,
    },
)
PARAMETERS: dict[str, Any] = {
    "Open": {"Type": "String"},
    "List": {"Type": "CommaDelimitedList", "Default": "a,b"},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a"},
}
SECTIONS = st.fixed_dictionaries(
    {
        "Transform": st.one_of(st.just("AWS::LanguageExtensions"), NODES),
        "Parameters": st.builds(
            lambda more: PARAMETERS | more,
            st.dictionaries(
                st.sampled_from(["P", "Q"]),
                st.one_of(
                    NODES,
                    st.dictionaries(DECLARED, st.one_of(NODES, TYPES)),
                ),
                max_size=2,
            ),
        ),
        "Mappings": st.one_of(st.just({"A": {"B": {"C": 1}}}), NODES),
        "Conditions": st.builds(
            lambda more: {
                "T": {"Fn::Equals": ["a", "a"]},
                "U": {"Fn::Equals": [{"Ref": "Open"}, "x"]},
                **more,
            },
            st.dictionaries(NAMES, NODES, max_size=3),
        ),
        "Resources": st.dictionaries(
            st.sampled_from(["A", "B", "C", "Fn::ForEach::L"]), st.one_of(ENTITIES, NODES)
        ),
        "Outputs": st.dictionaries(
            NAMES,
            st.one_of(
                NODES,
                st.fixed_dictionaries(
                    {"Value": NODES}, optional={"Export": NODES, "Condition": NODES}
                ),
            ),
            max_size=2,
        ),
    }
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    body=SECTIONS,
    parameters=st.dictionaries(st.sampled_from(["Open", "List", "P", "Z"]), st.text(max_size=3)),
    environment=st.sampled_from([Environment(), GERMANY]),
)
def test_never_raises(
    tmp_path: Path, body: dict[str, Any], parameters: dict[str, str], environment: Environment
) -> None:
    path = tmp_path / "random.json"
    path.write_text(json.dumps(body))
    stack = evaluate(Template.read(path), parameters, environment)
    for resource in stack.resources.values():
        assert not _left_over(resource.properties)
        assert resource.place("Properties", "A", 0).file == path
    assert all(str(each).startswith(str(path)) for each in stack.problems)
    assert all(isinstance(hash(each.value), int) for each in _symbolic(stack))


def _symbolic(stack: Stack) -> list[Output]:
    return [each for each in stack.outputs.values() if isinstance(each.value, Symbol)]


def _left_over(value: Any) -> bool:
    """Whether AWS::NoValue stayed in an object or a list."""
    if isinstance(value, dict):
        return any(isinstance(each, NoValue) or _left_over(each) for each in value.values())
    if isinstance(value, list):
        return any(isinstance(each, NoValue) or _left_over(each) for each in value)
    return False


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=60))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "random.yaml"
    path.write_bytes(content)
    with pytest.raises(TemplateError):
        Template.read(path)


DEEP = {
    "functions": ('{"Fn::Join": ["", [', "]]}", '"a"', 31),
    "choices": ('{"Fn::If": ["U", ', ", 1]}", "2", 45),
    "objects": ('{"a": ', "}", "1", 90),
    "conditions": ('{"Fn::Not": [', "]}", '{"Condition": "U"}', 44),
}


@pytest.mark.parametrize("kind", DEEP)
def test_deep(folder: Folder, kind: str) -> None:
    head, tail, core, levels = DEEP[kind]
    nest = head * levels + core + tail * levels
    stack = folder.stack(f"""
        Parameters: {{Open: {{Type: String}}}}
        Conditions:
          U: !Equals [!Ref Open, x]
          C: {nest if kind == "conditions" else "!Condition U"}
        Resources:
          A: {{Type: T, Properties: {{V: {nest if kind != "conditions" else 1}}}}}
    """)
    assert len(texts(stack)) == 1


def test_mapping_that_names_itself(folder: Folder) -> None:
    stack = folder.stack("""\
        Mappings: {A: {B: {C: !FindInMap [A, B, C]}}}
        Resources: {X: {Type: T, Properties: {V: !FindInMap [A, B, C]}}}
    """)
    assert texts(stack) == ["2: Fn::FindInMap: Mappings have nothing under A, B, C."]


def test_many_resources(folder: Folder) -> None:
    one = """
  R{n}:
    Type: AWS::ECS::TaskDefinition
    Condition: C{n}
    Properties:
      Name: !Sub "${{AWS::StackName}}-${{R0.Arn}}-{n}"
      Memory: !If [C{n}, 512, !If [C0, 1024, 2048]]
      Items: [!Ref R0, !Join [",", [a, !Ref Open]], !Select [0, !GetAZs ""]]
"""
    many = range(600)
    conditions = "".join(f"  C{n}: !Equals [!Ref Open, c{n}]\n" for n in many[:200])
    template = folder.template(
        f"Parameters: {{Open: {{Type: String}}}}\nConditions:\n{conditions}Resources:\n"
        + "".join(one.format(n=n).replace(f"C{n}", f"C{n % 200}") for n in many)
    )
    start = time.process_time()
    stack = evaluate(template, {"Open": None})
    assert time.process_time() - start < 1
    assert len(stack.resources) == 600
    assert stack.resources["R7"].properties["Memory"] == 512
