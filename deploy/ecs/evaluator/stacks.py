"""Templates, with their parameters, as the stacks that they would become."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from deploy.ecs.evaluator.deployment import Deployment, Exports, Given
from deploy.ecs.evaluator.pseudo import Environment
from deploy.ecs.evaluator.resources import Stack
from deploy.ecs.evaluator.template import Template


def evaluate(
    template: Template, parameters: Given | None = None, environment: Environment | None = None
) -> Stack:
    return evaluate_stacks([(template, parameters or {}, environment or Environment())])[0]


def evaluate_stacks(wanted: Sequence[tuple[Template, Given, Environment]]) -> list[Stack]:
    """In the order of deployment; each sees the exports of those before it.

    Behind each stack come those nested in it.
    """
    exports: Exports = defaultdict(dict)
    stacks: list[Stack] = []
    for template, given, environment in wanted:
        name = environment.stack_name or template.path.stem
        files = (template.path.resolve(),)
        stacks += _with_nested(
            Deployment(template, given, environment, exports, name, files).stack()
        )
    return stacks


def _with_nested(stack: Stack) -> Iterator[Stack]:
    yield stack
    for each in stack.nested.values():
        yield from _with_nested(each)
