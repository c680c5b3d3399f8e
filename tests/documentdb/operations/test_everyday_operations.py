import pytest
from django.db import NotSupportedError

from tests.documentdb.operations.everyday import OPERATIONS
from tests.documentdb.operations.everyday.operation import Operation, Raises
from tests.settings_documentdb import ON_SQLITE

POSSIBLE = [operation for operation in OPERATIONS if operation.in_sql or not ON_SQLITE]


@pytest.mark.parametrize("operation", POSSIBLE, ids=lambda operation: operation.name)
def test_operation(operation: Operation) -> None:
    if isinstance(operation.expected, Raises):
        with pytest.raises(operation.expected.error, match=operation.expected.pattern):
            operation.run()
    else:
        # Unlike ==, repr() tells 4 from 4.0, and 1.5 from 1.50.
        assert repr(operation.run()) == repr(operation.expected)


def test_101_operations_of_which_few_are_refused() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS) == 101
    expected = [operation.expected for operation in OPERATIONS]
    errors = [each.error for each in expected if isinstance(each, Raises)]
    assert errors.count(NotSupportedError) <= 6
