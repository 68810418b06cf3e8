import pytest
from heygen_mock import HeygenMock  # clients/python/heygen_mock.py
from my_app import LoginRequired, MyApp


@pytest.fixture(scope="session")
def mock():
    with HeygenMock.start() as running:
        yield running


@pytest.fixture
def box(mock):
    with mock.sandbox() as fresh:
        yield fresh


def test_refreshes_after_ten_days(box):
    app = MyApp(base_url=box.url)
    app.log_in(box)
    box.advance("10d")
    assert "@" in app.who_am_i()
    box.verify({"endpoint": "refresh"}, exactly=1)


def test_a_revoked_session_asks_for_a_login(box):
    app = MyApp(base_url=box.url)
    app.log_in(box)
    for token in box.tokens(status="active"):
        box.revoke(token["id"])
    with pytest.raises(LoginRequired):
        app.who_am_i()
