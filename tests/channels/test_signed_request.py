import base64
import hashlib
import hmac
import json

import pytest

from connectors.shared.signed import SignedRequest, read_signed_request

SECRET = "app-secret"
TOLD = {"algorithm": "HMAC-SHA256", "issued_at": 1790000000, "user_id": "218471"}


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed(payload, secret=SECRET, algorithm="sha256"):
    text = encode(json.dumps(payload).encode())
    return f"{encode(hmac.new(secret.encode(), text.encode(), algorithm).digest())}.{text}"


@pytest.mark.parametrize(
    ("value", "secrets"),
    [
        ("", [SECRET]),
        (".", [SECRET]),
        ("a.b.c", [SECRET]),
        ("é.é", [SECRET]),
        ("!!!." + encode(json.dumps(TOLD).encode()), [SECRET]),
        (signed(TOLD, "other"), [SECRET]),
        (signed(TOLD, ""), [""]),
        (signed(TOLD), []),
        (signed(TOLD, algorithm="sha1"), [SECRET]),
        (signed({**TOLD, "algorithm": "none"}), [SECRET]),
        (signed({"user_id": "1"}), [SECRET]),
        (signed({"algorithm": "HMAC-SHA256"}), [SECRET]),
        (signed([TOLD]), [SECRET]),
        (signed({**TOLD, "pad": "x" * 9000}), [SECRET]),
        (signed(TOLD)[:-2] + "xx", [SECRET]),
        ("." + signed(TOLD).partition(".")[2], [SECRET]),
    ],
)
def test_a_request_not_signed_by_meta_is_refused(value, secrets):
    assert read_signed_request(value, secrets) is None


@pytest.mark.parametrize("secrets", [[SECRET], ["new", SECRET], ["", SECRET]])
def test_a_signed_request_is_read(secrets):
    assert read_signed_request(signed(TOLD), secrets) == SignedRequest("218471", 1790000000, "HMAC-SHA256")


def test_the_signature_is_over_the_encoded_text():
    text = encode(json.dumps(TOLD).encode())
    over_json = hmac.new(SECRET.encode(), json.dumps(TOLD).encode(), hashlib.sha256).digest()
    assert read_signed_request(f"{encode(over_json)}.{text}", [SECRET]) is None
