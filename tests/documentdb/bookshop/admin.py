from django.contrib import admin

from tests.documentdb.bookshop.models import Book, Shelf, Topic

admin.site.register([Shelf, Topic])


@admin.register(Book)
class BookAdmin(admin.ModelAdmin[Book]):
    list_display = ["title", "seller", "price", "copies", "shelf"]
    list_filter = ["listed", "seller", "shelf"]
    search_fields = ["title", "seller", "shelf__name"]
    list_select_related = ["shelf"]
    date_hierarchy = "added"
