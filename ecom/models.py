from django.db import IntegrityError, models
from django.db.models import F


class ThrottleCountQuerySet(models.QuerySet["ThrottleCount"]):
    def admit(self, key: str, window: int, limit: int) -> bool:
        """Count one request, unless `limit` are counted already. Exact under concurrency."""
        counted = self.filter(key=key)
        if counted.one_more(limit):
            return True
        if not counted.exists():
            try:
                self.create(key=key, window=window, count=1)
            except IntegrityError:
                pass
            else:
                return True
        # Full, or begun by another request since the first try.
        return counted.one_more(limit)

    def one_more(self, limit: int) -> bool:
        return bool(self.filter(count__lt=limit).update(count=F("count") + 1))


class ThrottleCount(models.Model):
    """The requests of one client in one window, shared by all processes of a service."""

    # A digest of the window, too; neither address nor account is stored.
    key = models.CharField(max_length=64, primary_key=True)
    window = models.PositiveBigIntegerField()  # the window's end, seconds since the epoch
    count = models.PositiveIntegerField()

    objects = ThrottleCountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["window"], name="expired_counts")]

    def __str__(self) -> str:
        return f"{self.count} until {self.window}"
