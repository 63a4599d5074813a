import pytest

from connectors.events import CHANNELS
from connectors.meta import classify

# rules.md §4, line by line: code (or code/subcode), class.
TABLE = {
    "auth": ["0", "190", "190/460", "190/463"],
    "permission": ["3", "10", "200", "299", "131005", "200/2018028"],
    "throttle": ["4", "4/2018354", "17", "32", "613", "80004", "80007", "130429", "132069"],
    "pair": ["131056", "9/2018352"],
    "quality": ["131048", "131064", "368", "131031", "9007/2534013", "10/1893063", "2/2018344"],
    "window": ["131047", "10/2018278", "10/2018065", "10/2534022"],
    "consent": ["131050", "131049", "130472"],
    "recipient": [
        *("131026", "130403", "130497", "131021", "131030", "551", "551/1545041", "200/1545041"),
        *("100/2018001", "10/2018108", "100/2534014"),
    ],
    "identity": ["131062", "137000"],
    "content": [
        "100",
        "100/33",
        "131008",
        "131009",
        "131051",
        "132000",
        "132005",
        "132012",
        "132018",
        "135000",
    ],
    "template": ["132001", "132007", "132015", "132016", "134100", "134101", "134102"],
    "media": ["131052", "131053", "100/2018047", "100/2018109"],
    "billing": ["131042", "134011"],
    "unknown": ["1", "1/99", "2", "131000", "131016", "131057", "133004", "1200", "2/1545133"],
    "other": ["133010", "139000", "147001", "2388019", "99999999", "-5"],
}
PERMANENT = {"permission", "quality", "window", "recipient", "identity", "content", "other"}
HELD = {"auth", "billing", "media", "throttle", "pair"}


def _error(code, **extra):
    number, _, subcode = code.partition("/")
    error = {"message": "m", "type": "OAuthException", "code": int(number), "fbtrace_id": "x", **extra}
    return {"error": error | ({"error_subcode": int(subcode)} if subcode else {})}


CASES = [(code, kind) for kind, codes in TABLE.items() for code in codes]


@pytest.mark.parametrize(("code", "kind"), CASES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_code_has_its_class(channel, code, kind):
    error = classify(400, _error(code), {}, channel=channel)
    assert (error.kind, error.code) == (kind, code)


@pytest.mark.parametrize(("code", "kind"), CASES)
def test_only_the_unknown_class_may_have_been_sent(code, kind):
    error = classify(500, _error(code), {}, channel="whatsapp")
    assert error.maybe_sent is (kind == "unknown")
    assert not (error.permanent and error.maybe_sent)
    if kind in PERMANENT:
        assert error.permanent
    if kind in HELD:
        assert not error.permanent


def test_a_marketing_cap_waits_a_day_and_an_opt_out_forever():
    cap = classify(400, _error("131049"), {}, channel="whatsapp")
    out = classify(400, _error("131050"), {}, channel="whatsapp")
    assert (cap.permanent, cap.retry_after) == (False, 86_400)
    assert (out.permanent, out.retry_after) == (True, None)


def test_code_230_is_consent_on_instagram_and_permission_on_whatsapp():
    assert classify(400, _error("230"), {}, channel="instagram").kind == "consent"
    assert classify(400, _error("230"), {}, channel="whatsapp").kind == "permission"


def test_a_syncing_template_is_tried_again():
    error = classify(400, _error("134101"), {}, channel="whatsapp")
    assert (error.kind, error.permanent, error.retry_after) == ("template", False, 600)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 5),
        ({"Retry-After": "17"}, 17),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 5),
        ({"Retry-After": "9" * 400}, 5),
        ({"X-Business-Use-Case-Usage": '{"1":[{"type":"x","estimated_time_to_regain_access":3}]}'}, 180),
        ({"X-Business-Use-Case-Usage": '{"1":[{"estimated_time_to_regain_access":0}]}'}, 5),
    ],
)
def test_a_throttle_says_how_long_to_wait(headers, seconds):
    assert classify(400, _error("130429"), headers, channel="whatsapp").retry_after == seconds


def test_details_win_over_the_title():
    error = classify(
        400, _error("131047", error_data={"details": "More than 24 hours"}), {}, channel="whatsapp"
    )
    assert error.detail == "More than 24 hours"


def test_a_code_not_in_the_table_that_meta_calls_transient_may_have_been_sent():
    error = classify(500, _error("77777", is_transient=True), {}, channel="messenger")
    assert (error.kind, error.maybe_sent) == ("unknown", True)


@pytest.mark.parametrize(
    ("status", "kind", "maybe_sent"),
    [
        (500, "unknown", True),
        (502, "unknown", True),
        (504, "unknown", True),
        (408, "unknown", True),
        (200, "unknown", True),
        (429, "throttle", False),
        (404, "other", False),
        (302, "other", False),
    ],
)
@pytest.mark.parametrize("body", [None, "<html>", [], {}, {"error": "x"}, {"error": None}])
def test_an_answer_without_a_meta_error_is_judged_by_its_status(status, kind, maybe_sent, body):
    error = classify(status, body, {}, channel="whatsapp")
    assert (error.kind, error.maybe_sent, error.code) == (kind, maybe_sent, f"http{status}")


@pytest.mark.parametrize("code", [None, "x", True, 1.5, [], {}, "1" * 5000, 10**50])
def test_a_strange_code_is_no_crash(code):
    assert (
        classify(400, {"error": {"code": code, "error_subcode": code}}, {}, channel="whatsapp").kind
        == "other"
    )
