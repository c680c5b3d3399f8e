"""Anybody's templates: the stacks that they would become, and what hinders that."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.ecs.evaluator import (
    Environment,
    Place,
    Problem,
    Resource,
    Stack,
    Template,
    TemplateError,
    evaluate_stacks,
    read_parameters,
)
from deploy.ecs.evaluator.parameters import without_value
from deploy.ecs.preflight.finding import Finding, Severity
from deploy.ecs.preflight.resource_types import resembling, types

REFUSED = "T01"  # by CloudFormation, or no template at all
NO_VALUE = "T02"
NO_TYPE = "T03"
NOT_EXPANDED = "T04"


@dataclass(frozen=True)
class Given:
    """A template as it is named on the command line."""

    path: Path
    parameters: Path | None = None
    stack_name: str | None = None


@dataclass
class Read:
    """What could be read of all that was given; `findings` tell the rest."""

    stacks: list[Stack] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read(given: Sequence[Given], values: Mapping[str, str], environment: Environment) -> Read:
    """`values` are for every template that declares the parameter."""
    result = Read()
    wanted = []
    names = defaultdict(int, {each.stack_name: 1 for each in given if each.stack_name})
    for each in given:
        try:
            template = Template.read(each.path)
            parameters = read_parameters(each.parameters) if each.parameters else {}
        except TemplateError as error:
            result.findings.append(_refused(error.place, error.text))
            continue
        parameters |= {
            name: values[name] for name in template.section("Parameters") & values.keys()
        }
        name = each.stack_name or _free(each.path.stem, names)
        wanted.append((template, parameters, replace(environment, stack_name=name)))
    result.stacks = evaluate_stacks(wanted)
    result.findings += told(result.stacks)
    return result


def undeclared(stacks: Iterable[Stack], values: Mapping[str, str]) -> list[str]:
    """Those that no template takes."""
    declared = {name for stack in stacks for name in stack.parameters}
    return [name for name in values if name not in declared]


def _free(stem: str, names: dict[str, int]) -> str:
    """Two files may be called alike; two stacks of a region may not."""
    names[stem] += 1
    return stem if names[stem] == 1 else f"{stem}-{names[stem]}"


def told(stacks: Iterable[Stack]) -> Iterator[Finding]:
    """What stands between templates and the stacks that they should become."""
    for stack in stacks:
        yield from (_of_problem(stack, each) for each in stack.problems)
        yield from _of_unknown_types(stack)


def _of_problem(stack: Stack, problem: Problem) -> Finding:
    resource = _around(stack, problem.place)
    name = without_value(problem)
    if problem.refused and not name:
        return replace(_refused(problem.place, problem.text), stack=stack.name, resource=resource)
    found = Finding(
        id=NOT_EXPANDED,
        severity=Severity.NOTE,
        stack=stack.name,
        resource=resource,
        property="",
        message="AWS expands it at deployment, and checks what comes of it.",
        why=(problem.text, "The rest is checked."),
        cure="Nothing, if it is meant so.",
        place=problem.place,
    )
    if name is None:
        return found
    return replace(
        found,
        id=NO_VALUE,
        resource=name,
        message=f"Parameters: [{name}] must have values",
        why=(f"The parameter {name} has no value; what depends on it is not checked.",),
        cure=f"Give it: --parameter {name}=VALUE, or --parameters FILE behind its template.",
    )


def _refused(place: Place, text: str) -> Finding:
    return Finding(
        id=REFUSED,
        severity=Severity.ERROR,
        stack="",
        resource=place.file.name,
        property="",
        message="CloudFormation refuses the template, or what comes of it is not what is meant.",
        why=(text,),
        cure="Correct it there.",
        place=place,
    )


def _around(stack: Stack, place: Place) -> str:
    """The resource whose lines a place is among, or the file."""
    before = [
        each
        for each in stack.resources.values()
        if each.declared_at.file == place.file and each.declared_at <= place
    ]
    found = max(before, key=lambda each: each.declared_at, default=None)
    return found.logical_id if found else place.file.name


def _of_unknown_types(stack: Stack) -> Iterator[Finding]:
    known = types(stack.environment.region)
    for each in stack.resources.values():
        if each.type.startswith("AWS::") and each.type not in known:
            yield _unknown_type(stack, each)


def _unknown_type(stack: Stack, resource: Resource) -> Finding:
    near = resembling(resource.type, stack.environment.region)
    return Finding(
        id=NO_TYPE,
        severity=Severity.WARNING,
        stack=stack.name,
        resource=resource.logical_id,
        property="Type",
        message=f"Template format error: Unrecognized resource types: [{resource.type}]",
        why=(f"{resource.type} is no type that is known here; nothing of it is checked.",),
        cure=f"Did you mean {near}?" if near else "See that it is written as AWS documents it.",
        place=resource.place("Type"),
    )
