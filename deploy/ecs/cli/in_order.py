"""Options whose order among others means something."""

from typing import Any

import click


class InOrder(click.Command):
    """Keeps under "in_order" in the context's `meta` what was written, as (name, text) pairs: to
    click itself options of one name are one list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        written, _, order = self.make_parser(ctx).parse_args(list(args))
        remaining: dict[str, list[Any]] = {
            name: list(value) if isinstance(value, list) else [value]
            for name, value in written.items()
        }
        ctx.meta["in_order"] = [
            (each.name, remaining[each.name].pop(0))
            for each in order
            if each.name and remaining.get(each.name)
        ]
        return super().parse_args(ctx, args)
