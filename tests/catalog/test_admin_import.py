from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from catalog.models import ClosedOwner, Item, UploadPart
from ecom.principal import Principal
from tests.catalog.directory import Directory

ITEMS = "/catalog/admin/catalog/item/"
IMPORT = f"{ITEMS}import/"
CONFIRM = f"{ITEMS}process_import/"
REFUSED = f"{IMPORT}refused/"
EXPORT = f"{ITEMS}export/"
RETAIL = Path(__file__).parents[1] / "data" / "online_retail.csv"
CSV_FORMAT, XLSX_FORMAT, JSON_FORMAT = "0", "1", "2"
TWO_ITEMS = b"sku,name,price\nA1,Teapot,2.55\nB2,Mug,1.00\n"
ONE_REFUSED = b"sku,name,price\nA1,Teapot,2.55\nB2,<b>,0\n"


@pytest.fixture(autouse=True)
def directory(owner: Principal, monkeypatch: pytest.MonkeyPatch) -> Directory:
    directory = Directory(monkeypatch)
    directory.add(owner)
    return directory


def upload(client: Client, content: bytes = TWO_ITEMS, **choices: str) -> Any:
    form = {
        "import_file": SimpleUploadedFile("items.csv", content),
        "format": CSV_FORMAT,
        "resource": "0",
        "owner": "megy",
        "name_column": "name",
        "sku_column": "sku",
        "price_column": "price",
        "description_column": "description",
        "stock_column": "stock",
    }
    return client.post(IMPORT, form | choices)


def confirmation(response: Any) -> dict[str, Any]:
    """The hidden fields that a browser would send back."""
    form = response.context["confirm_form"]
    values = {field.html_name: field.value() for field in form}
    return {name: "" if value is None else value for name, value in values.items()}


def test_upload_form(admin_client: Client) -> None:
    page = admin_client.get(IMPORT).content.decode()
    assert 'name="owner"' in page
    assert 'name="price_column"' in page


def test_import_in_two_steps(admin_client: Client) -> None:
    preview = upload(admin_client)
    page = preview.content.decode()
    assert "2 lines read, 2 good, 0 refused, 2 items created" in page
    assert "Teapot" in page
    assert not Item.objects.exists()
    assert UploadPart.objects.count() == 1

    response = admin_client.post(CONFIRM, confirmation(preview), follow=True)
    assert response.redirect_chain == [(ITEMS, 302)]
    assert "Imported: 2 lines read, 2 good, 0 refused, 2 items created" in response.content.decode()
    assert [(item.owner, item.sku) for item in Item.objects.order_by("sku")] == [
        ("megy", "A1"),
        ("megy", "B2"),
    ]
    assert not UploadPart.objects.exists()
    assert "2 items created" in LogEntry.objects.get().change_message


def test_twice(admin_client: Client) -> None:
    confirmed = confirmation(upload(admin_client))
    admin_client.post(CONFIRM, confirmed)
    response = admin_client.post(CONFIRM, confirmed)
    assert "The file is no longer here. Upload it again." in response.content.decode()
    assert Item.objects.count() == 2


def test_refused_lines(admin_client: Client) -> None:
    preview = upload(admin_client, ONE_REFUSED)
    page = preview.content.decode()
    assert "<td>3</td><td>price: Ensure this value is greater than or equal to 0.01.</td>" in page
    assert "<b>" not in page

    response = admin_client.post(REFUSED, confirmation(preview))
    assert response["Content-Disposition"] == 'attachment; filename="items.refused.csv"'
    header, line = response.content.decode().splitlines()
    assert header == "sku,name,price,line,reason"
    assert line.startswith("B2,<b>,0,3,price: ")

    admin_client.post(CONFIRM, confirmation(preview))
    assert [item.sku for item in Item.objects.all()] == ["A1"]
    corrected = response.content.replace(b",0,3", b",4,3")
    admin_client.post(CONFIRM, confirmation(upload(admin_client, corrected)))
    assert Item.objects.get(sku="B2").price == 4


def test_retail_file(admin_client: Client) -> None:
    preview = upload(
        admin_client,
        RETAIL.read_bytes(),
        name_column="Description",
        sku_column="StockCode",
        price_column="UnitPrice",
        stock="3",
    )
    assert "10,000 lines read, 9,954 good, 46 refused" in preview.content.decode()
    assert len(preview.content) < 100_000
    admin_client.post(CONFIRM, confirmation(preview))
    assert Item.objects.filter(offered=3).count() == 1_973


def test_large_upload_is_kept_in_parts(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.bulk.uploads.PART_SIZE", 10)
    preview = upload(admin_client)
    assert UploadPart.objects.count() == 5
    admin_client.post(CONFIRM, confirmation(preview))
    assert Item.objects.count() == 2


def test_forgotten_uploads_are_pruned(admin_client: Client) -> None:
    upload(admin_client)
    UploadPart.objects.update(created=timezone.now() - timedelta(hours=25))
    forgotten = UploadPart.objects.get()
    upload(admin_client)
    call_command("prune")
    assert UploadPart.objects.get() != forgotten


@pytest.mark.parametrize(
    ("content", "choices", "sentence"),
    [
        (TWO_ITEMS, {"owner": "nobody"}, "There is no open account with the handle &#x27;nobody"),
        (TWO_ITEMS, {"owner": ""}, "This field is required."),
        (TWO_ITEMS, {"stock": "-1"}, "greater than or equal to 0."),
        (TWO_ITEMS, {"format": XLSX_FORMAT}, "The file is not an XLSX workbook"),
        (TWO_ITEMS, {"format": JSON_FORMAT}, "The file is not JSON"),
        (TWO_ITEMS, {"price_column": "Price"}, "There is no column &#x27;Price&#x27;"),
        (b"\xff", {}, "The file is not UTF-8 (line 1)."),
        (b"sku,name,price\n", {}, "The file has a header and no lines below it."),
    ],
)
def test_bad_upload(
    admin_client: Client, content: bytes, choices: dict[str, str], sentence: str
) -> None:
    response = upload(admin_client, content, **choices)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert "confirm_form" not in response.context
    assert not Item.objects.exists()


def test_accounts_does_not_answer(admin_client: Client, directory: Directory) -> None:
    directory.available = False
    assert "Part of the shop does not answer" in upload(admin_client).content.decode()


def test_account_closed_before_confirmation(admin_client: Client, owner: Principal) -> None:
    confirmed = confirmation(upload(admin_client))
    ClosedOwner.objects.create(owner_id=owner.id)
    response = admin_client.post(CONFIRM, confirmed, follow=True)
    assert response.redirect_chain == [(IMPORT, 302)]
    assert "This account is closed." in response.content.decode()
    assert not Item.objects.filter(on_sale=True).exists()


def test_refused_lines_of_a_lost_upload(admin_client: Client) -> None:
    confirmed = confirmation(upload(admin_client, ONE_REFUSED))
    UploadPart.objects.all().delete()
    response = admin_client.post(REFUSED, confirmed, follow=True)
    assert "The file is no longer here." in response.content.decode()


def test_staff_without_permission(client: Client, admin_user: Any) -> None:
    admin_user.is_superuser = False
    admin_user.save()
    admin_user.user_permissions.set(Permission.objects.filter(codename="view_item"))
    client.force_login(admin_user)
    page = client.get(ITEMS).content.decode()
    assert IMPORT not in page
    assert EXPORT in page
    for url in [IMPORT, CONFIRM, REFUSED]:
        assert client.post(url, {}).status_code == 403


def export(client: Client, file_format: str, query: str = "") -> Any:
    return client.post(f"{EXPORT}?{query}", {"format": file_format, "resource": "0"})


def test_export(admin_client: Client, offer: Any) -> None:
    offer(sku="A1", name="=Teapot")
    offer(sku="B2", name="Mug")
    response = export(admin_client, CSV_FORMAT)
    assert response["Content-Type"] == "text/csv"
    assert "A1,'=Teapot,,2.55,1," in response.content.decode()
    assert len(response.content.decode().splitlines()) == 3
    assert b"Teapot" not in export(admin_client, JSON_FORMAT, "q=mug").content
    assert export(admin_client, XLSX_FORMAT).content.startswith(b"PK")


def test_export_of_too_many(
    admin_client: Client, offer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.admin_import.MAX_EXPORTED", 1)
    offer(name="Teapot")
    offer(name="Mug")
    assert "Only 1 items are exported." in admin_client.get(EXPORT).content.decode()
    assert len(export(admin_client, CSV_FORMAT).content.decode().splitlines()) == 2
