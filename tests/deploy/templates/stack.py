from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.decode import decode  # type: ignore[import-untyped]

FOLDER = Path(__file__).parents[3] / "deploy" / "ecs" / "templates"
NAMES = ["bastion", "cluster", "data", "github", "network", "registry", "service", "tasks"]
NOTHING = {"Ref": "AWS::NoValue"}


@cache
def read(name: str) -> dict[str, Any]:
    template, faults = decode(str(FOLDER / f"{name}.yaml"))
    assert template, faults
    return dict(template)


class Stack:
    """What a template would create with these parameters: conditions, Fn::If and references to
    parameters are resolved, everything else stays as it is written."""

    def __init__(self, name: str, **parameters: str) -> None:
        self.template = read(name)
        declared = self.template["Parameters"]
        assert not set(parameters) - set(declared)
        self.parameters = {
            key: parameters.get(key, declared[key].get("Default")) for key in declared
        }
        self.resources = self.present("Resources")
        self.outputs = self.present("Outputs")

    def present(self, section: str) -> dict[str, dict[str, Any]]:
        return {
            name: self.resolved(item)
            for name, item in self.template[section].items()
            if "Condition" not in item or self.holds({"Condition": item["Condition"]})
        }

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        return {
            name: resource["Properties"]
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def properties(self, name: str) -> dict[str, Any]:
        return dict(self.resources[name]["Properties"])

    def holds(self, condition: dict[str, Any]) -> bool:
        [(function, argument)] = condition.items()
        if function == "Condition":
            return self.holds(self.template["Conditions"][argument])
        if function == "Fn::Equals":
            one, other = (str(self.resolved(side)) for side in argument)
            return one == other
        if function == "Fn::Not":
            return not self.holds(argument[0])
        return {"Fn::And": all, "Fn::Or": any}[function](self.holds(each) for each in argument)

    def resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [each for each in map(self.resolved, value) if each != NOTHING]
        if not isinstance(value, dict):
            return value
        if "Fn::If" in value:
            condition, yes, no = value["Fn::If"]
            return self.resolved(yes if self.holds({"Condition": condition}) else no)
        if "Fn::FindInMap" in value:
            name, first, second = (str(self.resolved(key)) for key in value["Fn::FindInMap"])
            return self.template["Mappings"][name][first][second]
        if self.parameters.get(value.get("Ref", "")) is not None:
            return self.parameters[value["Ref"]]
        resolved = {key: self.resolved(each) for key, each in value.items()}
        return {key: each for key, each in resolved.items() if each != NOTHING}
