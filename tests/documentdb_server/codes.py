"""MongoDB's error codes, as far as the server itself answers with them.

https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
303 to 305 and 40333 are DocumentDB's.
"""

INTERNAL_ERROR = 1
BAD_VALUE = 2
FAILED_TO_PARSE = 9
USER_NOT_FOUND = 11
UNAUTHORIZED = 13
INVALID_LENGTH = 16
AUTHENTICATION_FAILED = 18
NAMESPACE_NOT_FOUND = 26
INDEX_NOT_FOUND = 27
ROLE_NOT_FOUND = 31
CURSOR_NOT_FOUND = 43
MAX_TIME_EXPIRED = 50
COMMAND_NOT_FOUND = 59
INVALID_NAMESPACE = 73
WRITE_CONFLICT = 112
NO_SUCH_TRANSACTION = 251
NOT_SUPPORTED_IN_TRANSACTION = 263
FEATURE_NOT_SUPPORTED = 303
STAGE_NOT_SUPPORTED = 304
EXPRESSION_NOT_SUPPORTED = 305
NOT_WRITABLE_PRIMARY = 10107
NOT_PRIMARY_NO_SECONDARY_OK = 13435
INDEX_BUILD_IN_PROGRESS = 40333
FIELD_MISSING = 40414
USER_EXISTS = 51003

# Those that the engine's table does not have.
NAMES = {
    INTERNAL_ERROR: "InternalError",
    USER_NOT_FOUND: "UserNotFound",
    UNAUTHORIZED: "Unauthorized",
    INVALID_LENGTH: "InvalidLength",
    AUTHENTICATION_FAILED: "AuthenticationFailed",
    ROLE_NOT_FOUND: "RoleNotFound",
    CURSOR_NOT_FOUND: "CursorNotFound",
    MAX_TIME_EXPIRED: "MaxTimeMSExpired",
    COMMAND_NOT_FOUND: "CommandNotFound",
    91: "ShutdownInProgress",
    189: "PrimarySteppedDown",
    NOT_SUPPORTED_IN_TRANSACTION: "OperationNotSupportedInTransaction",
    NOT_WRITABLE_PRIMARY: "NotWritablePrimary",
    11600: "InterruptedAtShutdown",
    11602: "InterruptedDueToReplStateChange",
    NOT_PRIMARY_NO_SECONDARY_OK: "NotPrimaryNoSecondaryOk",
}
