"""What follows the closing of an account: the catalog takes its items off sale, then the handle
is free. Until the catalog has done so the closure is pending, and the sweep asks again.
"""

from contextlib import suppress

from axes.utils import reset

from accounts.models import Closure, User
from ecom.peers import PeerUnavailable, catalog_peer


def close(user: User) -> None:
    email = user.email
    closure = user.close()
    if email:
        reset(username=email)
    with suppress(PeerUnavailable):
        advance(closure)


def advance(closure: Closure) -> bool:
    """Ask the catalog, once and for a bounded time. True when the account is closed for good.

    Raises PeerUnavailable; the closure stays pending then.
    """
    try:
        done = catalog_peer().withdraw_items(closure.user_id)
    except PeerUnavailable as error:
        closure.postpone(str(error.detail))
        raise
    if done:
        closure.acknowledge()
    else:
        closure.postpone("The catalog has more to withdraw.")
    return done
