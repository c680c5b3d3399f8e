"""Fn::Sub: strings with ${names} in them."""

import re
from collections.abc import Callable, Mapping

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.evaluator.values import RefusedError, joined

VARIABLE = re.compile(r"\$\{([^}]*)\}")
NAME = re.compile(r"[A-Za-z0-9_.:]+")


def substitute(
    template: str, variables: Mapping[str, Value], look_up: Callable[[str], Value]
) -> Value:
    """`look_up` gives the value of a name, or of name.attribute, that `variables` lack."""
    parts: list[Value] = []
    end = 0
    for found in VARIABLE.finditer(template):
        parts += [template[end : found.start()], _variable(found[1], variables, look_up)]
        end = found.end()
    return joined([*parts, template[end:]])


def _variable(
    written: str, variables: Mapping[str, Value], look_up: Callable[[str], Value]
) -> Value:
    if written.startswith("!"):
        return f"${{{written[1:]}}}"
    name = written.strip()
    if name in variables:
        return variables[name]
    if not NAME.fullmatch(name):
        raise RefusedError(f"${{{written}}} is no name; write ${{!{written}}} for the shell's.")
    return look_up(name)
