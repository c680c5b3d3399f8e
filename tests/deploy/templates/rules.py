"""What the Rules of a template refuse, before CloudFormation creates anything."""

from typing import Any

from tests.deploy.templates.stack import read


def refusals(name: str, parameters: dict[str, str]) -> list[str]:
    """The sentences of the assertions that these parameters break."""
    template = read(name)
    declared = template["Parameters"]
    assert not set(parameters) - set(declared)
    values = {key: parameters.get(key, declared[key].get("Default")) for key in declared}
    return [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        if "RuleCondition" not in rule or holds(rule["RuleCondition"], values)
        for assertion in rule["Assertions"]
        if not holds(assertion["Assert"], values)
    ]


def holds(function: dict[str, Any], values: dict[str, Any]) -> bool:
    """CloudFormation allows an And or Or 2 to 10 conditions."""
    [(name, argument)] = function.items()
    if name == "Fn::Equals":
        one, other = (text(each, values) for each in argument)
        return one == other
    if name == "Fn::Contains":
        among, one = argument
        return text(one, values) in [text(each, values) for each in among]
    if name == "Fn::Not":
        [negated] = argument
        return not holds(negated, values)
    assert 2 <= len(argument) <= 10, name
    return {"Fn::And": all, "Fn::Or": any}[name](holds(each, values) for each in argument)


def text(value: Any, values: dict[str, Any]) -> str:
    return str(values[value["Ref"]] if isinstance(value, dict) else value)
