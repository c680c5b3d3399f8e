"""A user of one database. DocumentDB keeps all users in admin, whichever database they are for.

It has no owners of collections: who writes documents may also make and drop collections. So one
user serves and migrates, and sees no other database.
https://docs.aws.amazon.com/documentdb/latest/developerguide/role_based_access_control.html
"""

from typing import Any

from django.db import DatabaseError

from ecom.documentdb.base import DatabaseWrapper
from ecom.documentdb.errors import code_of, translating

UNAUTHORIZED = 13


class UserError(Exception):
    """The user cannot be made, or must not be."""


def create(admin: DatabaseWrapper, database: str, name: str, password: str) -> None:
    """Makes the user, or sets its password anew; can be run again.

    `admin` signs in as a user who may make others. Raises UserError, also where the user exists
    and may more than use that database.
    """
    role = {"role": "readWrite", "db": database}
    try:
        found = command(admin, "usersInfo", name)["users"]
        roles = [each for user in found for each in user["roles"]]
        if any(each not in (role, role | {"role": "read"}) for each in map(without_more, roles)):
            raise UserError(
                f"The user {name} exists and may do more than use the database {database}, or is "
                "the one this command runs as. The shop must not run as such a user: choose "
                "another name."
            )
        command(admin, "updateUser" if found else "createUser", name, pwd=password, roles=[role])
    except DatabaseError as error:
        if code_of(error) != UNAUTHORIZED:
            raise
        raise UserError(
            "The user of DATABASE_URL may not make others. Give the administrator's."
        ) from error


def without_more(role: dict[str, Any]) -> dict[str, Any]:
    return {"role": role["role"], "db": role["db"]}


def command(admin: DatabaseWrapper, name: str, subject: str, **arguments: Any) -> dict[str, Any]:
    def send() -> dict[str, Any]:
        client = admin.current_database().client
        answer: dict[str, Any] = client.admin.command(name, subject, **arguments)
        return answer

    with translating():
        return admin.signed_in(send)
