from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from catalog import original, views
from catalog.admin import site
from catalog.forms import StaffSignInForm
from catalog.peer_views import WithdrawalsView, jwks

ID = r"(?P<id>[0-9a-f]{24})"
TITLE = {"TITLE": "little-ecom catalog", "DESCRIPTION": "Items, and who bought them."}

native = [
    path("", views.RootView.as_view(), name="root"),
    path("items/", views.ItemListView.as_view(), name="items"),
    re_path(rf"^items/{ID}/$", views.ItemView.as_view(), name="item"),
    re_path(rf"^items/{ID}/purchases/$", views.PurchasesView.as_view(), name="purchases"),
    path("my/items/", views.MyItemsView.as_view(), name="my-items"),
    path("my/purchases/", views.MyPurchasesView.as_view(), name="my-purchases"),
    path("my/sales/", views.MySalesView.as_view(), name="my-sales"),
    path(
        "schema/",
        SpectacularAPIView.as_view(
            urlconf="catalog.urls", custom_settings=TITLE, authentication_classes=[]
        ),
        name="schema",
    ),
    path(
        "docs/",
        SpectacularSwaggerView.as_view(url_name="catalog:schema", authentication_classes=[]),
        name="docs",
    ),
    path("peer/withdrawals/", WithdrawalsView.as_view(), name="withdrawals"),
    path("peer/jwks.json", jwks, name="jwks"),
]
if settings.SERVICE_NAME == "catalog":
    native += [
        path(
            "login/",
            LoginView.as_view(
                template_name="catalog/login.html", authentication_form=StaffSignInForm
            ),
            name="login",
        ),
        path("logout/", LogoutView.as_view(), name="logout"),
    ]

original_routes = [
    path("item", original.OriginalOfferView.as_view(), name="original-offer"),
    re_path(rf"^item/{ID}$", original.OriginalItemView.as_view(), name="original-item"),
    re_path(rf"^buy/{ID}$", original.OriginalPurchaseView.as_view(), name="original-buy"),
    path("items", original.OriginalItemsView.as_view(), name="original-items"),
    re_path(
        r"^items/(?P<owner>[^/\x00]+)$", original.OriginalOwnerView.as_view(), name="original-owner"
    ),
]

# The admin's own namespace must not be nested in another.
urlpatterns = [
    path("catalog/admin/", site.urls),
    path("catalog/", include((native, "catalog"))),
    path("", include((original_routes, "catalog-original"))),
]

handler400 = "ecom.errors.bad_request"
handler403 = "ecom.errors.permission_denied"
handler404 = "ecom.errors.not_found"
handler500 = "ecom.errors.server_error"
