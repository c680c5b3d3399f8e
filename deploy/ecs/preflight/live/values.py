"""What templates leave to the account: exports of other stacks, and Systems Manager's values."""

from collections.abc import Callable, Iterator, Sequence

from deploy.ecs.evaluator import Kept, Stack
from deploy.ecs.evaluator.dynamic_references import stored_names
from deploy.ecs.evaluator.symbols import Import, Parameter
from deploy.ecs.evaluator.values import symbols_in
from deploy.ecs.graph import Graph
from deploy.ecs.graph.storage import SsmParameter
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.templates import Read

MOST_TIMES = 3  # a value may be the name of another


def with_values(read: Callable[[str, Kept], Read], account: Account) -> Read:
    """`read` is given the account's number, and what these templates name in it."""
    known = Kept()
    found = read(account.id, known)
    for _ in range(MOST_TIMES):
        more = _kept(found.stacks, account, known)
        if more == known:
            break
        known = more
        found = read(account.id, known)
    return found


def _kept(stacks: Sequence[Stack], account: Account, known: Kept) -> Kept:
    names = {each for stack in stacks for each in _stored(stack)} - known.parameters.keys()
    found = account.parameters(sorted(names))
    made = [each.name for each in Graph.of(stacks).all(SsmParameter)]
    # What these stacks make themselves is there when it is wanted.
    is_open = any(not isinstance(each, str) for each in made)
    there = {
        name: value
        for name, value in found.items()
        if name not in made and not (value is None and is_open)
    }
    imports = any(_has_imports(each) for each in stacks)
    exports = account.exports if imports else known.exports
    return Kept({**known.parameters, **there}, exports)


def _stored(stack: Stack) -> Iterator[str]:
    for value in stack.parameters.values():
        if isinstance(value, Parameter) and isinstance(value.stored_at, str):
            yield value.stored_at
    for each in stack.resources.values():
        yield from stored_names(each.attributes)


def _has_imports(stack: Stack) -> bool:
    values = [*(each.attributes for each in stack.resources.values()), *stack.outputs.values()]
    attributes = [getattr(each, "value", each) for each in values]
    return any(isinstance(each, Import) for each in symbols_in(attributes))
