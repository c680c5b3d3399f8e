"""What Amazon DocumentDB 5.0 answers to a command that uses something it lacks.

Which constructs those are is ecom.documentdb.supported's to say; here are the code and the words.
"""

from typing import Any

from ecom.documentdb.constructs import Construct, unsupported
from tests.documentdb_server import codes
from tests.documentdb_server.engine.errors import CommandError

EXPRESSION = "Aggregation project operator not supported: '{name}'"
LOOKUP = (
    "Aggregation stage not supported: "
    "'$lookup on multiple join conditions and uncorrelated subquery'"
)

# Seen on clusters of engine 5.0.0, or in AWS's guide where no such sighting is known.
SENTENCES = {
    "txnNumber": (codes.FAILED_TO_PARSE, "Unrecognized field: 'txnNumber'"),
    "update with a pipeline": (
        codes.FAILED_TO_PARSE,
        "Failed to parse update: field must be of BSON type object",
    ),
    "$lookup with localField and pipeline": (
        codes.FAILED_TO_PARSE,
        "$lookup concise correlated subquery is not supported",
    ),
    "$lookup with pipeline": (codes.STAGE_NOT_SUPPORTED, LOOKUP),
    "$lookup with let": (codes.STAGE_NOT_SUPPORTED, LOOKUP),
}

BY_KIND = {
    "command": (codes.COMMAND_NOT_FOUND, "no such command: '{name}'"),
    "stage": (codes.STAGE_NOT_SUPPORTED, "Aggregation stage not supported: '{name}'"),
    "expression": (codes.EXPRESSION_NOT_SUPPORTED, EXPRESSION),
    "accumulator": (codes.EXPRESSION_NOT_SUPPORTED, EXPRESSION),
}


def check(command: dict[str, Any]) -> None:
    """CommandError for the first construct that 5.0 lacks."""
    try:
        lacking = unsupported(command)
    except (AttributeError, KeyError, TypeError):
        return  # malformed: the command that reads it says how
    if lacking:
        raise refusal(lacking[0])


def refusal(construct: Construct) -> CommandError:
    code, sentence = SENTENCES.get(construct.name) or BY_KIND.get(
        construct.kind, (codes.FEATURE_NOT_SUPPORTED, "Feature not supported: {name}")
    )
    return CommandError(code, sentence.format(name=construct.name))
