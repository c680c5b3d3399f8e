from unittest.mock import Mock

import pytest

from accounts import mail


@pytest.mark.parametrize("error", [None, OSError])
def test_the_thread_gives_its_connection_back(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception] | None
) -> None:
    close = Mock()
    monkeypatch.setattr(mail, "close_old_connections", close)
    send = Mock(side_effect=error)
    if error is None:
        mail.run(send, "ann@example.com")
    else:
        with pytest.raises(error):
            mail.run(send, "ann@example.com")
    send.assert_called_once_with("ann@example.com")
    close.assert_called_once_with()


def test_a_place_in_the_queue_is_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(mail.MAX_WAITING + 1):
        mail.send_later(Mock())
        mail.send_later(Mock(side_effect=OSError))
