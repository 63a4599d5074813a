"""Whatever a well signed body holds, parsing ends in events, rejects or Unparsable, and nothing else."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.channels import CHANNEL
from connectors.events import CHANNELS, Event, Parsed, Unparsable

PAYLOADS = Path(__file__).parents[1] / "payloads"
MUTANTS = 2_000
STRANGE: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**18, -(10**30), 10**300, float("nan"), float("inf"), 1e308),
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800",
        "\udfff\ud800",
        "9" * 5000,
        "x" * 3000,
        "\u202e",
        "1790000000",
        "0",
    ),
    *([], {}, [[]], [{}], {"": None}, {"id": {}}, [None, 1, "x"], {"type": []}, "{}", [["x"] * 50]),
]


def _sample(channel):
    return [json.loads(path.read_text("utf-8")) for path in sorted((PAYLOADS / channel).glob("*.json"))]


def _places(value, found):
    """Every container with each of its keys."""
    for key in value if isinstance(value, dict) else range(len(value)):
        found.append((value, key))
        if isinstance(value[key], (dict, list)):
            _places(value[key], found)
    return found


def _mutate(body, dice):
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        places = _places(body, []) if isinstance(body, (dict, list)) else []
        if not places:
            break
        holder, key = dice.choice(places)
        act = dice.randrange(5)
        if act == 0:
            del holder[key]
        elif act == 1:
            holder[key] = dice.choice(places)[0].__class__()
        elif act == 2:
            holder[key] = json.loads(json.dumps(dice.choice(places)[0]))
        else:
            holder[key] = copy.deepcopy(dice.choice(STRANGE))
    return json.dumps(body, ensure_ascii=dice.random() < 0.8).encode("utf-8", "surrogatepass")


def _tear(data, dice):
    """Some bodies are also damaged as bytes."""
    if dice.random() > 0.15:
        return data
    at = dice.randrange(len(data))
    return dice.choice([data[:at], data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :], data[at:]])


def _check(parsed):
    assert isinstance(parsed, Parsed)
    for event in parsed.events:
        # A round trip checks every type; and PostgreSQL takes neither NUL nor half a surrogate.
        wire = msgspec.json.encode(event)
        again = msgspec.json.decode(wire, type=Event)
        assert msgspec.structs.replace(again, raw=event.raw) == event
        assert b"\\u0000" not in wire
        assert 0 < len(event.key.encode()) <= 1600
        if event.kind in ("message", "reaction", "edit", "delete", "echo", "identity"):
            assert event.sender is not None
    for rejected in parsed.rejected:
        assert rejected.reason
        msgspec.json.decode(rejected.raw)


@pytest.mark.parametrize("channel", CHANNELS)
def test_two_thousand_mutated_bodies_raise_nothing_else(channel):
    dice = random.Random(f"konectus {channel}")
    samples, parse = _sample(channel), CHANNEL[channel].parse.parse
    seen = {"events": 0, "rejected": 0, "unparsable": 0}
    for number in range(MUTANTS):
        body = _tear(_mutate(json.loads(json.dumps(samples[number % len(samples)])), dice), dice)
        try:
            parsed = parse(body)
        except Unparsable:
            seen["unparsable"] += 1
            continue
        _check(parsed)
        seen["events"] += len(parsed.events)
        seen["rejected"] += len(parsed.rejected)
    # The mutations reach all three ends, or they would prove little.
    assert min(seen.values()) > 50, seen


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_captured_body_parses_and_again_to_the_same_keys(channel):
    parse = CHANNEL[channel].parse.parse
    for path in sorted((PAYLOADS / channel).glob("*.json")):
        first, again = parse(path.read_bytes()), parse(path.read_bytes())
        _check(first)
        assert first.events, path.name
        assert [event.key for event in first.events] == [event.key for event in again.events]
        assert bool(first.rejected) == ("broken" in path.name), path.name


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"null", b"1", b'"x"', b"{", b"[", b"{]", b"\xff\xfe", b"NaN", b"{'a':1}"),
        *(b"[" * 100_000, b'{"a":' * 100_000, b'[{"object":' * 1000 + b"1" + b"}]" * 1000),
    ],
)
@pytest.mark.parametrize("channel", CHANNELS)
def test_no_json_object_is_unparsable(channel, body):
    with pytest.raises(Unparsable):
        CHANNEL[channel].parse.parse(body)


@pytest.mark.parametrize(
    ("poison", "shown"),
    [("\\ud83d", "\ufffd"), ("\\u0000", ""), ("\\ud83d\\ude00", "😀"), ("\\udc00\\ud800", "\ufffd\ufffd")],
)
def test_a_poisoned_text_is_cleaned_and_keeps_its_batch(body, poison, shown):
    whole = body("whatsapp", "batch_with_a_broken_item").decode()
    parsed = CHANNEL["whatsapp"].parse.parse(whole.replace('"um"', f'"um{poison}"').encode())
    assert [event.message.text for event in parsed.events if event.message] == [
        f"um{shown}",
        "três",
        "quatro",
    ]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "9" * 5000])
def test_a_number_beyond_bounds_costs_its_own_item_only(body, number):
    whole = body("whatsapp", "batch_with_a_broken_item").decode()
    poisoned = whole.replace('"timestamp":"1790000000"', f'"timestamp":{number}', 1)
    parsed = CHANNEL["whatsapp"].parse.parse(poisoned.encode())
    assert [event.key for event in parsed.events if event.kind == "message"] == ["wamid.C", "wamid.D"]
    assert [rejected.reason for rejected in parsed.rejected] == ["timestamp", "text"]


@pytest.mark.parametrize(
    "value",
    ["0", "-1", "4102444800000", "99999999999999999", "1790000000.5", "x", "١٧٩٠٠٠٠٠٠٠", "", [], True, 1e15],
)
def test_a_time_out_of_this_world_is_rejected(body, value):
    whole = json.loads(body("whatsapp", "text"))
    whole["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = value
    parsed = CHANNEL["whatsapp"].parse.parse(json.dumps(whole).encode())
    assert not parsed.events
    assert [rejected.reason for rejected in parsed.rejected] == ["timestamp"]


def test_ids_longer_than_an_index_can_hold_become_hashes(body):
    whole = body("messenger", "text").replace(b"m_IN1", b"m" * 1000)
    (event,) = CHANNEL["messenger"].parse.parse(whole).events
    assert len(event.key) <= 400
    assert event.message is not None
    assert event.message.id == "m" * 1000
