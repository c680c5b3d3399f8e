"""What the application said of its database."""

from deploy.ecs.services.causes.known import Known

DATABASES = [
    Known(
        "D02",
        r"no pg_hba\.conf entry for host.*",
        "The database refuses {what}: {found}",
        "Connect by TLS, as is the default for hosts of AWS.",
        "Connect by TLS (sslmode=require or verify-full): RDS demands it.",
    ),
    Known(
        "D03",
        r".*(CERTIFICATE_VERIFY_FAILED|certificate verify failed"
        r"|root certificate file \S+ does not exist).*",
        "{what} cannot verify the database's certificate: {found}",
        "Put the bundle of RDS's authorities (global-bundle.pem) into the image.",
    ),
    Known(
        "D05",
        r".*(Retryable writes are not supported|Unrecognized field: 'txnNumber').*",
        "{what} sends retryable writes, which DocumentDB does not have: {found}",
        "Set retryWrites=false in its address.",
    ),
    Known(
        "D06",
        r".*(Aggregation stage not supported|Feature not supported).*",
        "{what} asks DocumentDB for what it does not have: {found}",
        "Write that query without it.",
    ),
    Known(
        "D04",
        r".*ServerSelectionTimeoutError.*(SSL handshake failed|connection closed|TLS).*",
        "{what} and its DocumentDB do not agree about TLS: {found}",
        "Set tls=true in its address where the cluster's parameter tls is on, else leave it out.",
    ),
    Known(
        "D07",
        r".*(27017|5432|docdb|rds\.amazonaws).*([Cc]onnection refused|Errno 111).*",
        "Nothing listens where {what} looks for its database: {found}",
        "See that it has an instance and the instance runs, as status shows.",
        "See that the cluster has an instance, and that the instance runs.",
    ),
    Known(
        "D01",
        r".*(connection timeout expired|timeout expired|timed out|ServerSelectionTimeoutError"
        r"|No servers found yet).*",
        "{what} does not reach its database: {found}",
        "The database's security group has to admit the tasks at its port, and both have to be in "
        "one network.",
    ),
    Known(
        "D11",
        r"too many clients.*|remaining connection slots are reserved.*",
        "The database has no connections left for {what}.",
        "Run fewer tasks or workers, or take a larger instance_class.",
        "Run fewer tasks or workers, or take a larger database or a proxy.",
    ),
    Known(
        "K09",
        r".*(Port could not be cast to integer|must be escaped according to RFC 3986"
        r"|invalid port number|Invalid IPv6 URL).*",
        "The database's address of {what} cannot be read: {found}",
        "Escape the password in it (% and two digits), or make one without @ / : %.",
    ),
    Known(
        "K10",
        r".*password authentication failed.*|.*Authentication failed.*",
        "The database refuses the password of {what}: {found}",
        "Give up again with --bootstrap, which sets the passwords of the secrets anew.",
        "Put the database's password into the secret, and replace the tasks: they have the value "
        "that the secret had when they started.",
    ),
    Known(
        "C08",
        r".*(relation \S+ does not exist|no such table|UndefinedTable|Unknown column).*",
        "The tables of {what} are not those that it expects: {found}",
        "Migrate, as up does by itself.",
        "Migrate before the new version serves.",
    ),
]
