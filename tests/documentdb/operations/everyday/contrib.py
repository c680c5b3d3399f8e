from datetime import timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tests.documentdb.bookshop.models import Book, Topic
from tests.documentdb.operations.everyday.operation import Operation


def joe() -> User:
    return User.objects.create_user("joe", "joe@shop.test", "secret")


def joe_as_editor() -> tuple[User, Group]:
    user = joe()
    editors = Group.objects.create(name="editors")
    editors.permissions.add(Permission.objects.get(codename="change_book"))
    user.groups.add(editors)
    user.user_permissions.add(Permission.objects.get(codename="view_book"))
    return user, editors


def administrator() -> Client:
    User.objects.create_superuser("root", "root@shop.test", "secret")
    client = Client()
    assert client.login(username="root", password="secret")
    return client


def sign_in() -> object:
    joe()
    User.objects.create_superuser("root", "root@shop.test", "secret")
    return [
        str(authenticate(username=name, password=password))
        for name, password in (("joe", "secret"), ("joe", "wrong"), ("root", "secret"))
    ]


def users_by_name() -> object:
    user = joe()
    return User.objects.get_by_natural_key("joe") == user, User.objects.filter(
        username__iexact="JOE"
    ).exists()


def give_permissions() -> object:
    user, editors = joe_as_editor()
    return (
        [group.name for group in user.groups.all()],
        [permission.natural_key() for permission in editors.permissions.all()],
        [permission.codename for permission in user.user_permissions.all()],
    )


def check_permissions() -> object:
    user, _ = joe_as_editor()
    user = User.objects.get(pk=user.pk)
    allowed = [user.has_perm(f"bookshop.{verb}_book") for verb in ("change", "view", "delete")]
    return allowed, sorted(user.get_all_permissions())


def users_with_a_permission() -> object:
    joe_as_editor()
    User.objects.create_user("eve")
    User.objects.create_superuser("root")
    backend = "django.contrib.auth.backends.ModelBackend"
    found = (
        User.objects.with_perm(f"bookshop.{verb}_book", backend=backend)
        for verb in ("change", "view", "delete")
    )
    return [sorted(user.username for user in users) for users in found]


def content_type() -> object:
    ContentType.objects.clear_cache()
    found = ContentType.objects.get_for_model(Book)
    return found.model, ContentType.objects.get_by_natural_key("bookshop", "book") == found


def keep_sessions() -> object:
    session = SessionStore()
    session["a"] = 1
    session.create()
    same = SessionStore(session.session_key)
    read = same["a"]
    same["b"] = 2
    same.save()
    same.cycle_key()
    cycled = same.exists(str(session.session_key)), SessionStore(same.session_key)["b"]
    same.delete()
    deleted = Session.objects.count()
    SessionStore().create()
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    SessionStore.clear_expired()
    return read, cycled, deleted, Session.objects.count()


def sign_in_to_the_admin() -> object:
    User.objects.create_superuser("root", "root@shop.test", "secret")
    client = Client()
    form = {"username": "root", "password": "secret"}
    answer = client.post("/admin/login/?next=/admin/", form)
    index = client.get("/admin/")
    return answer.status_code, answer["Location"], index.status_code, b"Books" in index.content


def list_in_the_admin() -> object:
    answer = administrator().get("/admin/bookshop/book/")
    page = answer.context["cl"]
    # The last is of date_hierarchy: the months of one year.
    months = answer.content.decode().count("added__month=")
    return page.result_count, [str(book) for book in page.result_list][:2], months


def search_in_the_admin() -> object:
    answer = administrator().get("/admin/bookshop/book/?q=novel&listed__exact=1&o=3")
    page = answer.context["cl"]
    return page.result_count, [str(book) for book in page.result_list][:2]


def edit_in_the_admin() -> object:
    client = administrator()
    form = {
        "title": "New",
        "seller": "eve",
        "price": "3",
        "copies": "2",
        "details": "{}",
        "reference": "6f1c9b2e-58b1-4a25-9c3c-2f2f4c3f4d11",
        "listed": "on",
        "added_0": "2024-10-01",
        "added_1": "10:00",
        "topics": [Topic.objects.get(name="maps").pk],
    }
    added = client.post("/admin/bookshop/book/add/", form).status_code
    book = Book.objects.get(title="New")
    address = f"/admin/bookshop/book/{book.pk}"
    changed = client.post(f"{address}/change/", form | {"copies": "9"}).status_code
    book.refresh_from_db()
    as_stored = book.copies, [topic.name for topic in book.topics.all()]
    in_history = b"Changed Copies" in client.get(f"{address}/history/").content
    asked = b"New" in client.get(f"{address}/delete/").content
    deleted = client.post(f"{address}/delete/", {"post": "yes"}).status_code
    left = Book.objects.filter(pk=book.pk).exists()
    return added, changed, as_stored, in_history, asked, deleted, left


def user_in_the_admin() -> object:
    user, editors = joe_as_editor()
    page = administrator().get(f"/admin/auth/user/{user.pk}/change/").content.decode()
    return f'<option value="{editors.pk}" selected>editors</option>' in page


def users_in_the_admin() -> object:
    _, editors = joe_as_editor()
    User.objects.create_user("joe2")
    answer = administrator().get(f"/admin/auth/user/?groups__id__exact={editors.pk}&q=joe")
    return [user.username for user in answer.context["cl"].result_list]


def flush() -> object:
    joe()
    call_command("flush", verbosity=0, interactive=False)
    # Permissions are made again by post_migrate.
    permissions = Permission.objects.filter(codename="change_book")
    return User.objects.count(), Book.objects.count(), permissions.count()


OPERATIONS = [
    Operation("create users and sign in", sign_in, ["joe", "None", "root"]),
    Operation("find a user by name", users_by_name, (True, True)),
    Operation(
        "give permissions to a group and to a user",
        give_permissions,
        (["editors"], [("change_book", "bookshop", "book")], ["view_book"]),
    ),
    Operation(
        "check the permissions of a user",
        check_permissions,
        ([True, True, False], ["bookshop.change_book", "bookshop.view_book"]),
    ),
    Operation(
        "find the users with a permission",
        users_with_a_permission,
        [["joe", "root"], ["joe", "root"], ["root"]],
    ),
    Operation("find the content type of a model", content_type, ("book", True)),
    Operation(
        "create, load, save, cycle, delete and clear sessions",
        keep_sessions,
        (1, (False, 2), 0, 0),
    ),
    Operation("sign in to the admin", sign_in_to_the_admin, (302, "/admin/", 200, True)),
    Operation("list in the admin", list_in_the_admin, (9, ["Novel 8", "Novel 7"], 8)),
    Operation("search and filter in the admin", search_in_the_admin, (8, ["Novel 1", "Novel 2"])),
    Operation(
        "add, change and delete in the admin",
        edit_in_the_admin,
        (302, 302, (9, ["maps"]), True, True, 302, False),
    ),
    Operation("show a user with groups in the admin", user_in_the_admin, True),
    Operation("list the users of a group in the admin", users_in_the_admin, ["joe"]),
    Operation("flush", flush, (0, 0, 1)),
]
