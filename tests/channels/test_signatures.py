import hashlib
import hmac

import pytest

from connectors.channels import CHANNEL
from connectors.events import CHANNELS
from connectors.meta import appsecret_proof, sign, verify_challenge, verify_signature

SECRET = "app-secret-1"
BODY = rb'{"text":"a\u00e7\u00e3o \ud83d\ude00 \/ fim"}'


def _other(algorithm: str, name: str) -> str:
    return f"{name}={hmac.new(SECRET.encode(), BODY, algorithm).hexdigest()}"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256",
        "sha256=",
        "sha256=" + "0" * 63,
        "sha256=" + "0" * 65,
        "sha256=" + "g" * 64,
        "sha256=" + "٠" * 64,
        _other("md5", "md5"),
        _other("sha1", "sha1"),
        _other("sha1", "sha256"),
        _other("sha512", "sha512"),
        _other("sha256", "SHA256"),
        _other("sha256", "sha1"),
        hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest(),
        sign(BODY, SECRET).upper().replace("SHA256", "sha256"),
        sign(BODY, SECRET) + "\n",
        " " + sign(BODY, SECRET),
        sign(BODY, SECRET) + "," + sign(BODY, SECRET),
        sign(BODY, "another secret"),
        sign(BODY + b" ", SECRET),
    ],
)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_signature_that_is_not_exactly_right_is_refused(channel, header):
    assert CHANNEL[channel].verify.verify(BODY, header, [SECRET]) is False


def test_a_signature_over_the_reserialised_body_is_refused():
    assert not verify_signature(BODY, sign('{"text":"ação 😀 / fim"}'.encode(), SECRET), [SECRET])


@pytest.mark.parametrize("secrets", [[], [""], ["", ""]])
def test_without_a_secret_nothing_verifies(secrets):
    assert not verify_signature(BODY, sign(BODY, ""), secrets)


def test_an_empty_secret_beside_a_good_one_opens_no_door():
    assert not verify_signature(BODY, sign(BODY, ""), [SECRET, ""])
    assert verify_signature(BODY, sign(BODY, SECRET), ["", SECRET])


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_raw_escaped_bytes_verify(channel):
    assert CHANNEL[channel].verify.verify(BODY, sign(BODY, SECRET), [SECRET])


@pytest.mark.parametrize("signer", ["old", "new"])
def test_during_a_rotation_either_secret_verifies(signer):
    assert verify_signature(BODY, sign(BODY, signer), ["new", "old"])
    assert not verify_signature(BODY, sign(BODY, "older"), ["new", "old"])


def test_known_answer():
    expected = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    assert sign(b"The quick brown fox jumps over the lazy dog", "key") == expected
    assert appsecret_proof("The quick brown fox jumps over the lazy dog", "key") == expected[7:]


# --- the challenge ---------------------------------------------------------------------------

ASKED = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "tökén"}


@pytest.mark.parametrize(
    ("query", "token"),
    [
        (ASKED, ""),
        (ASKED, "other"),
        ({**ASKED, "hub.verify_token": ""}, ""),
        ({**ASKED, "hub.mode": "unsubscribe"}, "tökén"),
        ({k: v for k, v in ASKED.items() if k != "hub.mode"}, "tökén"),
        ({k: v for k, v in ASKED.items() if k != "hub.challenge"}, "tökén"),
        ({}, "tökén"),
    ],
)
def test_a_challenge_with_the_wrong_token_or_mode_is_refused(query, token):
    assert verify_challenge(query, token) is None


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_challenge_comes_back_as_it_was(channel):
    assert CHANNEL[channel].verify.challenge(ASKED, "tökén") == "1158201444"
