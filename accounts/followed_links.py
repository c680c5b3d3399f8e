"""What following a mailed link does, through the API or a page."""

from axes.utils import reset

from accounts import links, mail
from accounts.models import User


def reset_password(user: User, password: str) -> None:
    """`user` is whom links.read() named. Raises LinkInvalid when the link was followed twice."""
    if not user.change_password(password):
        raise links.LinkInvalid
    reset(username=user.email)


def confirm_email(token: str) -> None:
    """Raises LinkInvalid, or EmailTaken when an account was made with that address since."""
    user, values = links.read("email-confirmation", token)
    if not user.change_email(values["email"]):
        raise links.LinkInvalid
    if user.email:
        mail.send_later(mail.send_email_changed, user.email, user.handle)
