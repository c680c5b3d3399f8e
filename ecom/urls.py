"""The monolith's URLs: both services' on one host."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("catalog.urls")),
]

handler400 = "ecom.errors.bad_request"
handler403 = "ecom.errors.permission_denied"
handler404 = "ecom.errors.not_found"
handler500 = "ecom.errors.server_error"
