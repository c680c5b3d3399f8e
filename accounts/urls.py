from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from accounts import original, pages, peer_views
from accounts.admin import site
from accounts.api.introspection import Introspect
from accounts.api.keys import PublicKeys
from accounts.api.mailed_links import EmailConfirmations, PasswordResets, PasswordResetsConfirm
from accounts.api.me import Close, Email, Export, Me, Password
from accounts.api.root import Accounts
from accounts.api.sessions import SessionDetail, Sessions
from accounts.api.sign_in import Refresh, SignIn, SignOut, SignOutEverywhere, SignUp

TITLE = {"TITLE": "little-ecom accounts", "DESCRIPTION": "People, sessions and tokens."}

service = [
    path("", pages.StartPage.as_view(), name="start"),
    path(".well-known/jwks.json", PublicKeys.as_view(), name="jwks"),
    path("accounts/", Accounts.as_view(), name="root"),
    path("accounts/sign-up/", SignUp.as_view(), name="sign-up"),
    path("accounts/sign-in/", SignIn.as_view(), name="sign-in"),
    path("accounts/refresh/", Refresh.as_view(), name="refresh"),
    path("accounts/sign-out/", SignOut.as_view(), name="sign-out"),
    path("accounts/sign-out-everywhere/", SignOutEverywhere.as_view(), name="sign-out-everywhere"),
    path("accounts/sessions/", Sessions.as_view(), name="sessions"),
    path("accounts/sessions/<uuid:sid>/", SessionDetail.as_view(), name="session"),
    path("accounts/me/", Me.as_view(), name="me"),
    path("accounts/me/close/", Close.as_view(), name="me-close"),
    path("accounts/me/password/", Password.as_view(), name="me-password"),
    path("accounts/me/email/", Email.as_view(), name="me-email"),
    path("accounts/me/export/", Export.as_view(), name="me-export"),
    path("accounts/email-confirmations/", EmailConfirmations.as_view(), name="email-confirmations"),
    path("accounts/password-resets/", PasswordResets.as_view(), name="password-resets"),
    path(
        "accounts/password-resets/confirm/",
        PasswordResetsConfirm.as_view(),
        name="password-resets-confirm",
    ),
    path("accounts/introspect/", Introspect.as_view(), name="introspect"),
    path("accounts/login/", pages.Login.as_view(), name="login"),
    path("accounts/register/", pages.SignUp.as_view(), name="sign-up-page"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/password-reset/", pages.AskForPasswordReset.as_view(), name="password-reset"),
    path(
        "accounts/password-reset/<str:token>/",
        pages.PasswordReset.as_view(),
        name="password-reset-page",
    ),
    path(
        "accounts/email-confirmation/<str:token>/",
        pages.EmailConfirmation.as_view(),
        name="email-confirmation-page",
    ),
    path(
        "accounts/schema/",
        SpectacularAPIView.as_view(
            urlconf="accounts.urls", custom_settings=TITLE, authentication_classes=[]
        ),
        name="schema",
    ),
    path(
        "accounts/docs/",
        SpectacularSwaggerView.as_view(url_name="accounts:schema", authentication_classes=[]),
        name="docs",
    ),
    path("auth/register", original.Register.as_view(), name="original-register"),
    path("auth/signin", original.SignIn.as_view(), name="original-signin"),
    path("auth/validate", original.Validate.as_view(), name="original-validate"),
    path("auth/delete", original.Delete.as_view(), name="original-delete"),
]

if settings.SERVICE_NAME == "accounts":  # in the monolith the catalog has no need to call
    service += [
        path("accounts/peer/revocations/", peer_views.Revocations.as_view()),
        path("accounts/peer/staff-sign-in/", peer_views.StaffSignIn.as_view()),
        path("accounts/peer/accounts/", peer_views.AccountByHandle.as_view()),
    ]

# This module is the accounts service's root and is included by the monolith: the names are the
# same in both, "accounts:me" and "accounts_admin:index".
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((service, "accounts"))),
    path("accounts/admin/", site.urls),
]

handler400 = "ecom.errors.bad_request"
handler403 = "ecom.errors.permission_denied"
handler404 = "ecom.errors.not_found"
handler500 = "ecom.errors.server_error"
