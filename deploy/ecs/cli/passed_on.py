"""Commands that pass on what stands behind --, to manage.py or into a container."""

from typing import Any

import click


class PassesOn(click.Command):
    """The words behind -- are the parameter `passed_on`, a tuple; `of_passed_on` shows them in
    the usage."""

    def __init__(self, *args: Any, of_passed_on: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_passed_on = of_passed_on

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        left = super().parse_args(ctx, args[:end])
        ctx.params["passed_on"] = tuple(args[end + 1 :])
        return left

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), self.of_passed_on]
