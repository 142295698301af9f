"""The first page, signing in, and one's own account."""

from __future__ import annotations

from django.urls import path

from sanchong.office.web.views import account, home, sign_in

ADDRESSES = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/second/", sign_in.second, name="second"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("activate/", sign_in.activate, name="activate"),
    path("account/second-factor/", account.set_up, name="set_up"),
    path("account/second-factor.svg", account.picture, name="picture"),
    path("account/password/", account.password, name="password"),
    path("account/prove/", account.prove, name="prove"),
    path("account/sessions/", account.sessions_page, name="sessions"),
    path("account/capacity/", account.choose, name="choose"),
    path("display/", account.display, name="display"),
    path("account/stay/", account.stay, name="stay"),
]
