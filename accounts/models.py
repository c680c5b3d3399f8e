import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.models import Session as BrowserSession
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from accounts import handles
from ecom.errors import Conflict
from ecom.principal import Principal

REUSE_GRACE = timedelta(seconds=10)  # two tabs that refresh at the same moment


class EmailTaken(Conflict):
    default_detail = "There is an account with this e-mail address already."
    default_code = "email_taken"


class UserManager(BaseUserManager["User"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        composed = unicodedata.normalize("NFC", (email or "").strip())
        return unicodedata.normalize("NFC", composed.lower())

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalize_email(username))

    def sign_up(self, email: str, password: str | None, **flags: bool) -> "User":
        """Raises EmailTaken. Of many at once with one address, exactly one gets an account.

        Without a password nobody can sign in to it yet.
        """
        user = self.model(email=self.normalize_email(email), **flags)
        if self.filter(email=user.email).exists():
            raise EmailTaken
        user.set_password(password)
        for handle in handles.candidates(user.email or ""):
            user.handle = handle
            try:
                with transaction.atomic():
                    user.save(force_insert=True)
            except IntegrityError as error:
                if self.filter(email=user.email).exists():
                    raise EmailTaken from error
            else:
                return user
        raise RuntimeError("Every handle tried was taken")

    def create_superuser(self, email: str, password: str) -> "User":
        return self.sign_up(email, password, is_staff=True, is_superuser=True)


class User(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    handle = models.CharField(max_length=handles.MAX_LENGTH, unique=True, editable=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField("not locked", default=True)
    # The generation of this account's tokens: older ones are void.
    gen = models.PositiveIntegerField(default=0, editable=False)
    gen_changed_at = models.DateTimeField(null=True, editable=False, db_index=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    last_login = None  # the sessions tell

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.handle

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Django's own ways to change a password (manage.py changepassword, the admin) end here.
        changes_password = getattr(self, "_password", None) is not None and not self._state.adding
        super().save(*args, **kwargs)
        if changes_password:
            self.revoke_tokens()

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}.{self.gen}"

    def revoke_tokens(self) -> None:
        """Sign out everywhere: every token and browser session there is becomes void."""
        now = timezone.now()
        with transaction.atomic():
            User.objects.filter(pk=self.pk).update(gen=F("gen") + 1, gen_changed_at=now)
            self.sessions.filter(ended_at=None).update(ended_at=now)
        self.refresh_from_db(fields=["gen", "gen_changed_at"])

    def change_password(self, password: str) -> bool:
        """False when it was changed by somebody else since this row was read."""
        known = self.password
        self.password = make_password(password)
        with transaction.atomic():
            unchanged = User.objects.filter(pk=self.pk, password=known, closed_at=None)
            changed = unchanged.update(password=self.password)
            if changed:
                self.revoke_tokens()
        return bool(changed)

    def change_email(self, email: str) -> bool:
        """False when the account was changed since this row was read. Raises EmailTaken."""
        unchanged = User.objects.filter(pk=self.pk, email=self.email, gen=self.gen)
        try:
            with transaction.atomic():
                return bool(unchanged.update(email=email))
        except IntegrityError as error:
            raise EmailTaken from error

    def lock(self) -> None:
        User.objects.filter(pk=self.pk).update(is_active=False)
        self.revoke_tokens()

    def unlock(self) -> None:
        User.objects.filter(pk=self.pk, closed_at=None).update(is_active=True)

    def close(self) -> "Closure":
        """Void at once, the e-mail address free at once; the closure goes on from here."""
        now = timezone.now()
        with transaction.atomic():
            User.objects.filter(pk=self.pk, closed_at=None).update(
                email=None,
                password=make_password(None),
                is_active=False,
                is_staff=False,
                is_superuser=False,
                closed_at=now,
            )
            self.revoke_tokens()
            self.sessions.all().delete()
            closure, _ = Closure.objects.get_or_create(user=self)
        return closure


class SessionQuerySet(models.QuerySet["Session"]):
    def begin(
        self,
        user: User,
        request: HttpRequest,
        lifetime: timedelta = settings.REFRESH_TOKEN_LIFETIME,
        **fields: str,
    ) -> "Session":
        return self.create(
            user=user,
            address=request.META.get("REMOTE_ADDR") or None,
            user_agent=request.META.get("HTTP_USER_AGENT", "")[:200],
            expires_at=timezone.now() + lifetime,
            **fields,
        )

    def live(self) -> "SessionQuerySet":
        return self.filter(
            ended_at=None,
            expires_at__gt=timezone.now(),
            user__is_active=True,
            user__closed_at=None,
        )

    def of(self, principal: Principal) -> "SessionQuerySet":
        """The session that `principal` stands for, unless it has ended."""
        return self.live().filter(pk=principal.sid, user_id=principal.id, user__gen=principal.gen)

    def end(self) -> None:
        for session in self:
            session.end()


class Session(models.Model):
    """One sign-in: its refresh tokens replace each other, and its end voids all its tokens."""

    sid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="sessions", db_index=False
    )
    # Digest of the one refresh token that is due. Empty where there is none, as in browsers.
    refresh_digest = models.CharField(max_length=64, blank=True, default="")
    rotated_at = models.DateTimeField(null=True)
    browser_key = models.CharField(max_length=40, blank=True, default="")
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, db_index=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "-created_at"], name="sessions_of_user")]

    def __str__(self) -> str:
        return str(self.sid)

    @property
    def principal(self) -> Principal:
        user = self.user
        return Principal(user.id, user.handle, user.is_staff, self.sid, user.gen)

    def rotate(self, used: str, due: str) -> bool:
        """Accept the refresh token with the digest `used` and expect `due` from now on.

        False, and the end of the session, when `used` is not the one that is due: it was stolen,
        or its successor was.
        """
        now = timezone.now()
        claimed = Session.objects.filter(pk=self.pk, refresh_digest=used, ended_at=None).update(
            refresh_digest=due,
            rotated_at=now,
            last_used_at=now,
            expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
        )
        if claimed or self._was_just_rotated_to(due, now):
            return True
        self.end()
        return False

    def _was_just_rotated_to(self, due: str, now: datetime) -> bool:
        return Session.objects.filter(
            pk=self.pk, refresh_digest=due, rotated_at__gte=now - REUSE_GRACE, ended_at=None
        ).exists()

    def end(self) -> None:
        Session.objects.filter(pk=self.pk, ended_at=None).update(ended_at=timezone.now())
        if self.browser_key:
            BrowserSession.objects.filter(pk=self.browser_key).delete()


class Closure(models.Model):
    """What a closed account still waits for: that the catalog has taken its items off sale."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True)
    requested_at = models.DateTimeField(default=timezone.now, db_index=True)
    acknowledged_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["requested_at"]

    def __str__(self) -> str:
        return str(self.user_id)

    def acknowledge(self) -> None:
        """The catalog is done: free the handle, the last that names the person."""
        now = timezone.now()
        with transaction.atomic():
            # Nobody can sign up for it: a colon has no place in a handle.
            User.objects.filter(pk=self.user_id).update(handle=f"closed:{self.user_id}")
            Closure.objects.filter(pk=self.pk).update(acknowledged_at=now, last_error="")
        self.acknowledged_at = now

    def postpone(self, reason: str) -> None:
        Closure.objects.filter(pk=self.pk).update(
            attempts=F("attempts") + 1, last_error=reason[:200]
        )


def revocations(since: datetime) -> dict[str, Any]:
    """Which tokens issued before now are void, as far as that happened after `since`."""
    sids = Session.objects.filter(ended_at__gte=since).values_list("sid", flat=True)
    gens = User.objects.filter(gen_changed_at__gte=since).values_list("id", "gen")
    return {"sids": [str(sid) for sid in sids], "gens": {str(id): gen for id, gen in gens}}
