"""What SQL makes of aggregates over nothing, where $group makes something else, or no row."""

import operator
from collections.abc import Callable
from typing import Any

from django.db.models import Value
from django.db.models.expressions import Combinable, CombinedExpression, ExpressionWrapper, Func
from django.db.models.functions import Cast, Coalesce

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    Combinable.ADD: operator.add,
    Combinable.SUB: operator.sub,
    Combinable.MUL: operator.mul,
    Combinable.DIV: operator.truediv,
    Combinable.MOD: operator.mod,
}


class NullWithoutValues(Func):
    """The first argument (a $sum: 0 over nothing), or null if the second (a $max) found nothing."""

    def as_mql_expr(self, compiler: Any, connection: Any) -> dict[str, Any]:
        total, largest = (
            each.as_mql(compiler, connection, as_expr=True)
            for each in self.get_source_expressions()
        )
        return {"$cond": [{"$eq": [{"$ifNull": [largest, None]}, None]}, None, total]}


def over_nothing(expression: Any) -> Any:
    """The value of an expression of aggregates when there is no row."""
    if isinstance(expression, Value):
        return expression.value
    if isinstance(expression, CombinedExpression):
        return _combined(expression)
    if isinstance(expression, ExpressionWrapper | Cast | Coalesce):
        values = map(over_nothing, expression.get_source_expressions())
        return next((each for each in values if each is not None), None)
    value = expression.empty_result_set_value
    return None if value is NotImplemented else value


def _combined(expression: CombinedExpression) -> Any:
    left, right = over_nothing(expression.lhs), over_nothing(expression.rhs)
    if left is None or right is None or expression.connector not in OPERATORS:
        return None
    try:
        return OPERATORS[expression.connector](left, right)
    except ZeroDivisionError:
        return None
