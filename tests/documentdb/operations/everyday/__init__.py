"""The everyday operations of Django's ORM and of its contrib apps, by topic.

Each begins with the bookshop of conftest.py and needs none of the others.
"""

from tests.documentdb.operations.everyday import (
    aggregates,
    contrib,
    creating,
    documents,
    reading,
    relations,
    schema,
    updates,
)

OPERATIONS = [
    *schema.OPERATIONS,
    *creating.OPERATIONS,
    *reading.OPERATIONS,
    *documents.OPERATIONS,
    *aggregates.OPERATIONS,
    *updates.OPERATIONS,
    *relations.OPERATIONS,
    *contrib.OPERATIONS,
]
