"""From an invitation to the first page, over a user pool made as the stack describes it."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws
from pages_browser import Html
from pages_world import World

from chalicelib import bootstrap
from chalicelib.store.people import CognitoPeople
from infra import template

ADMIN, NEW = "admin@office.example", "new@example.org"
FIRST, OWN = "first-from-letter", "น้ำพริก สามครก"
POOL, CLIENT = (template.load().resources[name]["Properties"] for name in ("UserPool", "UserPoolClient"))


@pytest.fixture
def cognito(monkeypatch, world: World):
    """The pool and its client with our password rule and sign-in flows; the pages ask it about people."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    kept = ("UsernameAttributes", "Schema", "Policies", "AccountRecoverySetting")
    with mock_aws():
        client = boto3.client("cognito-idp", region_name="ap-southeast-1")
        pool = client.create_user_pool(PoolName="p", **{name: POOL[name] for name in kept})["UserPool"]["Id"]
        flows, minutes = CLIENT["ExplicitAuthFlows"], CLIENT["AuthSessionValidity"]
        asked = {"ExplicitAuthFlows": flows, "AuthSessionValidity": minutes, "GenerateSecret": False}
        made = client.create_user_pool_client(UserPoolId=pool, ClientName="web", **asked)["UserPoolClient"]
        for group in ("admin", "staff", "partner", "seller"):
            client.create_group(UserPoolId=pool, GroupName=group)
        world.people = bootstrap._WebPeople(CognitoPeople(client, pool, made["ClientId"]))
        yield client, pool


def _keep(browser, answer) -> None:
    found = answer.headers.get("Set-Cookie", [])
    for cookie in found if isinstance(found, list) else [found]:
        name, _, value = cookie.split(";")[0].partition("=")
        browser.cookies[name] = value


def _fill(browser, path: str, **fields: str):
    page = browser.get(path)
    _keep(browser, page)
    form = Html(page.body.decode()).form()
    answer = browser.post(path, {**form, **fields}, token=form["form_token"])
    _keep(browser, answer)
    return answer


def test_who_is_invited_on_the_page_of_people_gets_in(browse, world: World, cognito):
    """Invited, the first password typed, one of one's own chosen, and the community's products stand there."""
    client, pool = cognito
    form = {"email": NEW, "name": "น้องใหม่", "role": "seller", "communities": "kratip", "active": "yes"}
    assert browse(ADMIN).post("/people", form).status_code == 303
    client.admin_set_user_password(UserPoolId=pool, Username=NEW, Password=FIRST, Permanent=False)
    browser = browse()
    assert _fill(browser, "/sign-in", email=NEW, password=FIRST).headers["Location"] == "/choose-password"
    assert _fill(browser, "/choose-password", password=OWN, again=OWN).headers["Location"] == "/"
    assert browser.get("/c/kratip/products").status_code == 200
    assert browser.get("/c/namphrik-tittu/products").status_code == 403
    assert _fill(browse(), "/sign-in", email=NEW, password=OWN).status_code == 303


def test_who_forgot_the_password_gets_in_with_the_code(browse, world: World, cognito):
    """The code from the letter and a new password, typed in another browser than the one that asked."""
    client, pool = cognito
    codes: list[str] = []
    client.meta.events.register(
        "after-call.cognito-idp.ForgotPassword",
        lambda http_response, **_: codes.append(http_response.headers["x-moto-forgot-password-confirmation-code"]),
    )
    form = {"email": NEW, "name": "น้องใหม่", "role": "seller", "communities": "kratip", "active": "yes"}
    browse(ADMIN).post("/people", form)
    client.admin_set_user_password(UserPoolId=pool, Username=NEW, Password="forgotten words", Permanent=True)
    assert _fill(browse(), "/forgot-password", email=NEW).headers["Location"] == "/new-password"
    browser = browse()
    answer = _fill(browser, "/new-password", email=NEW, code=codes[-1], password=OWN, again=OWN)
    assert answer.headers["Location"] == "/"
    assert browser.get("/c/kratip/products").status_code == 200
