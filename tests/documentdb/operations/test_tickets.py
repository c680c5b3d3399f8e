"""Constraints that Django validates, models that inherit, and generic relations."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Count, F
from django.utils import timezone

from tests.documentdb.bookshop.models import BoxTicket, Note, Ticket


def test_constraint_with_a_condition() -> None:
    Ticket.objects.create(seat="A1", price=1)
    with pytest.raises(IntegrityError):
        Ticket.objects.create(seat="A1", price=1)
    with pytest.raises(ValidationError, match="one_holder"):
        Ticket(seat="A1", price=1).validate_constraints()
    Ticket(seat="A2", price=1).validate_constraints()
    Ticket.objects.update(cancelled=timezone.now())
    Ticket(seat="A1", price=1).validate_constraints()
    Ticket.objects.create(seat="A1", price=1)


@pytest.mark.parametrize(("price", "valid"), [(0, True), (-1, False), (13, False), (None, True)])
def test_check_constraint(price: int | None, valid: bool) -> None:
    ticket = Ticket(seat="A1", price=price)
    if valid:
        ticket.validate_constraints()
    else:
        with pytest.raises(ValidationError, match="fair_price"):
            ticket.validate_constraints()


def test_model_that_inherits() -> None:
    box = BoxTicket.objects.create(seat="B1", price=5, guests=4)
    BoxTicket.objects.create(seat="B2", price=7)
    assert Ticket.objects.count() == 2
    assert BoxTicket.objects.get(seat="B1").guests == 4
    assert BoxTicket.objects.filter(guests=4).update(price=F("price") + 1, guests=2) == 1
    box.refresh_from_db()
    assert (box.price, box.guests) == (6, 2)
    box.guests = 3
    box.price = 9
    box.save()
    assert BoxTicket.objects.values_list("guests", "price").get(pk=box.pk) == (3, 9)
    assert BoxTicket.objects.filter(price__gt=8).delete()[0] == 2
    assert Ticket.objects.get().seat == "B2"


def test_generic_relation() -> None:
    first, second = (Ticket.objects.create(seat=seat, price=1) for seat in ("A1", "A2"))
    first.notes.create(text="late")
    first.notes.create(text="paid")
    Note.objects.create(text="lost", about=second)
    assert Ticket.objects.get(notes__text="lost") == second
    assert [note.about for note in Note.objects.order_by("text")] == [first, second, first]
    notes = Ticket.objects.annotate(n=Count("notes")).order_by("seat")
    assert list(notes.values_list("n", flat=True)) == [2, 1]
    texts = Ticket.objects.filter(seat="A1").order_by("notes__text").values_list("notes__text")
    assert list(texts) == [("late",), ("paid",)]
    (prefetched,) = Ticket.objects.prefetch_related("notes").filter(seat="A2")
    assert [note.text for note in prefetched.notes.all()] == ["lost"]
    assert Ticket.objects.exclude(notes__text="lost").get() == first
    first.delete()
    assert Note.objects.count() == 1
