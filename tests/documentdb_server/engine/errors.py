"""What the engine refuses, by MongoDB's error codes."""

from typing import Any

# https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
CODE_NAMES = {
    2: "BadValue",
    9: "FailedToParse",
    14: "TypeMismatch",
    17: "ProtocolError",
    26: "NamespaceNotFound",
    27: "IndexNotFound",
    28: "PathNotViable",
    40: "ConflictingUpdateOperators",
    48: "NamespaceExists",
    52: "DollarPrefixedFieldName",
    53: "InvalidIdField",
    56: "EmptyFieldName",
    66: "ImmutableField",
    67: "CannotCreateIndex",
    72: "InvalidOptions",
    73: "InvalidNamespace",
    85: "IndexOptionsConflict",
    86: "IndexKeySpecsConflict",
    112: "WriteConflict",
    168: "InvalidPipelineOperator",
    171: "CannotIndexParallelArrays",
    241: "ConversionFailure",
    251: "NoSuchTransaction",
    11000: "DuplicateKey",
}

BAD_VALUE = 2
FAILED_TO_PARSE = 9
TYPE_MISMATCH = 14
NAMESPACE_NOT_FOUND = 26
INDEX_NOT_FOUND = 27
PATH_NOT_VIABLE = 28
CONFLICTING_UPDATE = 40
NAMESPACE_EXISTS = 48
DOLLAR_PREFIXED_FIELD = 52
INVALID_ID = 53
EMPTY_FIELD_NAME = 56
IMMUTABLE_FIELD = 66
CANNOT_CREATE_INDEX = 67
INVALID_OPTIONS = 72
INVALID_NAMESPACE = 73
INDEX_OPTIONS_CONFLICT = 85
INDEX_KEY_SPECS_CONFLICT = 86
WRITE_CONFLICT = 112
PARALLEL_ARRAYS = 171
CONVERSION_FAILURE = 241
NO_SUCH_TRANSACTION = 251
DUPLICATE_KEY = 11000
UPDATE_TOO_LARGE = 17419


class CommandError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def code_name(self) -> str:
        """MongoDB calls a code without a name of its own by its place: Location40324."""
        return CODE_NAMES.get(self.code, f"Location{self.code}")


class DuplicateKey(CommandError):  # noqa: N818 - MongoDB's name for it
    def __init__(
        self,
        namespace: str,
        index_name: str,
        key_pattern: dict[str, Any],
        key_value: dict[str, Any],
        written: str,
    ) -> None:
        """`written` is the key's value in the shell's notation, for the message."""
        super().__init__(
            DUPLICATE_KEY,
            f"E11000 duplicate key error collection: {namespace} index: {index_name} "
            f"dup key: {written}",
        )
        self.index_name = index_name
        self.key_pattern = key_pattern
        self.key_value = key_value
