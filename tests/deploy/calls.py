"""What a command asks of AWS, read off the source: every method of a boto3 client in the modules
that it imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from botocore import xform_name
from botocore.session import get_session

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "ecs"
# Their calls go to no account.
ASIDE = ("deploy.ecs.rehearsal", "deploy.ecs.cli.main")
# Clients of other objects, or that a function is given.
HANDED_ON = {
    "stack.client": "cloudformation",
    "self.stack.client": "cloudformation",
    "ssm": "ssm",
    "watch.client": "ecs",
}
PREFIXES = {"elbv2": "elasticloadbalancing", "docdb": "rds"}


def commands() -> list[str]:
    """The modules in cli/ that have one."""
    return sorted(
        path.stem for path in (FOLDER / "cli").glob("*.py") if "click.command(" in path.read_text()
    )


def actions(command: str) -> set[str]:
    """As IAM calls them."""
    found = set()
    for path in modules(FOLDER / "cli" / f"{command}.py", set()):
        for service, method in calls(ast.parse(path.read_text())):
            found.add(f"{PREFIXES.get(service, service)}:{operation(service, method)}")
    return found


def modules(path: Path, seen: set[Path]) -> set[Path]:
    """The module and those of deploy.ecs that it imports, and so on."""
    seen.add(path)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("deploy.ecs"):
            names = [f"{node.module}.{each.name}" for each in node.names]
            for name in [str(node.module), *names]:
                file = ROOT / name.replace(".", "/")
                for found in (file.with_suffix(".py"), file / "__init__.py"):
                    if found.exists() and found not in seen and not name.startswith(ASIDE):
                        modules(found, seen)
    return seen


def calls(module: ast.Module) -> Iterator[tuple[str, str]]:
    """The service and the method."""
    for scope in ast.walk(module):
        if isinstance(scope, ast.ClassDef):
            properties = dict(returned(scope))
            for each in ast.walk(scope):
                if isinstance(each, ast.FunctionDef):
                    yield from of_function(each, properties)
        elif isinstance(scope, ast.FunctionDef):
            yield from of_function(scope, {})


def of_function(function: ast.FunctionDef, properties: dict[str, str]) -> Iterator[tuple[str, str]]:
    names = properties | dict(assigned(function))
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        text = ast.unparse(node.func.value)
        service = service_of(node.func.value) or names.get(text)
        service = service or HANDED_ON.get(text)
        if service is None:
            continue
        if node.func.attr in {"get_paginator", "get_waiter"}:
            [method] = node.args
            assert isinstance(method, ast.Constant), ast.unparse(node)
            yield service, str(method.value)
        else:
            yield service, node.func.attr


def assigned(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and (service := service_of(node.value)):
            yield from ((ast.unparse(each), service) for each in node.targets)


def returned(scope: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Properties such as `client`."""
    for function in scope.body:
        if isinstance(function, ast.FunctionDef):
            for node in function.body:
                if isinstance(node, ast.Return) and (service := service_of(node.value)):
                    yield f"self.{function.name}", service


def service_of(node: ast.AST | None) -> str | None:
    """Of an expression such as aws.client("ecs")."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("client") and node.args:
        [name] = node.args
        return str(name.value) if isinstance(name, ast.Constant) else None
    return None


def operation(service: str, method: str) -> str:
    return operations(service)[method]


@cache
def operations(service: str) -> dict[str, str]:
    names = get_session().get_service_model(service).operation_names
    return {xform_name(each): each for each in names}
