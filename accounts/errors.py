"""What accounts refuse.

Unauthenticated 401
└─ WrongLogin    wrong_login     unknown address, wrong password or deactivated: the three look the same
Invalid 400
└─ WeakPassword  weak_password   too easily guessed
NotFound 404
└─ InviteGone    invite_gone     unknown, used or too old
Conflict 409
├─ EmailTaken    email_taken     on this platform, whosever it is
├─ WrongTerms    terms_version   agreed to a text that is not the current one
└─ LastOwner     last_owner      somebody must be able to manage the account
TooMany 429
├─ Locked        locked          too many attempts for this address or from this network
└─ Busy          busy            more sign-ins at once than this machine can check
"""

from __future__ import annotations

from kernel.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated


class WrongLogin(Unauthenticated):
    code = "wrong_login"

    def __init__(self) -> None:
        super().__init__("e-mail and password do not match")


class WeakPassword(Invalid):
    code = "weak_password"

    def __init__(self) -> None:
        super().__init__("this password is too easy to guess", field="password")


class InviteGone(NotFound):
    code = "invite_gone"

    def __init__(self) -> None:
        super().__init__("this invitation is no longer valid; ask for a new one", field="token")


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("this e-mail address cannot be used; it already has an account", field="email")


class WrongTerms(Conflict):
    code = "terms_version"

    def __init__(self, current: str) -> None:
        super().__init__(
            "the terms have changed; read the current ones",
            field="terms_version",
            params={"current": current},
        )


class LastOwner(Conflict):
    code = "last_owner"

    def __init__(self) -> None:
        super().__init__("the last active owner must stay; name another owner first")


class Locked(TooMany):
    code = "locked"

    def __init__(self, seconds: float) -> None:
        super().__init__("too many attempts; wait a moment", retry_after=max(1.0, seconds))


class Busy(TooMany):
    code = "busy"

    def __init__(self) -> None:
        super().__init__("too many sign-ins at this moment; try again", retry_after=2)
