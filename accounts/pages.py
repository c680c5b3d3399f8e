"""The pages that people see: the start, signing in and out, and where mailed links lead."""

from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView
from rest_framework.exceptions import APIException, Throttled

from accounts import links, mail
from accounts.followed_links import confirm_email, reset_password
from accounts.forms import EmailForm, SignUpForm
from accounts.models import EmailTaken, User
from ecom.throttling import ScopedThrottle


class ThrottledPage(View):
    """Counts its POSTs like the API does, and shows the API's refusals as a page."""

    throttle_scope = "sign-in"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method == "POST" and settings.THROTTLES_ENABLED:
                self.count(request)
            return super().dispatch(request, *args, **kwargs)
        except APIException as error:
            return refusal(request, error)

    def count(self, request: HttpRequest) -> None:
        throttle = ScopedThrottle()
        if not throttle.allow(self.throttle_scope, request.META["REMOTE_ADDR"]):
            raise Throttled(throttle.wait())


def refusal(request: HttpRequest, error: APIException) -> HttpResponse:
    context = {"detail": error.detail}
    response = render(request, "ecom/error.html", context, status=error.status_code)
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(ceil(wait))
    return response


@method_decorator(never_cache, name="dispatch")
class MailedLinkPage(ThrottledPage):
    """Its address holds a secret: it is neither kept by caches nor told to any other page.

    Opening it changes nothing, since mail scanners open links as well.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        return response


class StartPage(TemplateView):
    template_name = "accounts/start.html"


class Login(ThrottledPage, LoginView):
    template_name = "accounts/login.html"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        logout(self.request)  # the session that this one replaces
        return super().form_valid(form)


class SignUp(ThrottledPage, FormView):  # type: ignore[type-arg]
    template_name = "accounts/sign_up.html"
    form_class = SignUpForm
    success_url = "/"
    throttle_scope = "sign-up"

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        email, password = form.cleaned_data["email"], form.cleaned_data["password"]
        try:
            user = User.objects.sign_up(email, password)
        except EmailTaken as error:
            form.add_error("email", str(error.detail))
            return self.form_invalid(form)
        logout(self.request)  # the session that this one replaces
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        return super().form_valid(form)


class AskForPasswordReset(ThrottledPage, FormView):  # type: ignore[type-arg]
    template_name = "accounts/ask_for_password_reset.html"
    form_class = EmailForm
    throttle_scope = "mail"

    def form_valid(self, form: EmailForm) -> HttpResponse:
        mail.send_later(mail.send_password_reset, form.cleaned_data["email"])
        return render(self.request, "accounts/mail_sent.html")


class PasswordReset(MailedLinkPage, FormView):  # type: ignore[type-arg]
    template_name = "accounts/password_reset.html"
    form_class = SetPasswordForm
    success_url = reverse_lazy("accounts:login")

    def get_form_kwargs(self) -> dict[str, Any]:
        user, _ = links.read("password-reset", self.kwargs["token"])
        return super().get_form_kwargs() | {"user": user}

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        reset_password(form.user, form.cleaned_data["new_password1"])
        return super().form_valid(form)


class EmailConfirmation(MailedLinkPage, TemplateView):
    template_name = "accounts/email_confirmation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        _, values = links.read("email-confirmation", self.kwargs["token"])
        return super().get_context_data(email=values["email"])

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        confirm_email(token)
        return render(request, "accounts/email_confirmed.html")
