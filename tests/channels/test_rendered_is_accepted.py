"""Whatever is said, the simulator's own reading of Meta's limits accepts what we make of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.channels import CHANNEL
from connectors.events import CHANNELS, Choice, Content, ContentError, Location, Media
from connectors.shared.wording import MAX_PARTS
from simulators.meta import page_rules, whatsapp_rules

WORDS = [
    "Olá",
    "ção",
    "pedido",
    "😀",
    "👨‍👩‍👧‍👦",
    "🇧🇷",
    "e\u0301",
    ".",
    "!",
    "\n",
    "\n\n",
    "x" * 60,
    "https://loja.example/a?b=c",
    "  ",
]
LETTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)
TEXTS = st.one_of(
    LETTERS,
    st.lists(st.sampled_from(WORDS), max_size=400).map(" ".join),
    st.tuples(st.sampled_from(WORDS), st.integers(1, 1500)).map(lambda pair: pair[0] * pair[1]),
)
TITLES = st.one_of(
    LETTERS, st.sampled_from(["Sim", "Falar com o setor de cobrança agora", "👨‍👩‍👧‍👦" * 6, "a" * 21])
)
PAYLOADS = st.one_of(
    st.sampled_from(["/affirm", "/x" * 90, "/x" * 120, "y" * 999, "z" * 1200, "https://loja.example/1"]),
    LETTERS,
)
CHOICES = st.lists(st.builds(Choice, TITLES, PAYLOADS, st.none() | TITLES), max_size=16).map(tuple)
MEDIA = st.builds(
    Media,
    st.sampled_from(["image", "video", "audio", "document", "sticker", "other"]),
    id=st.none() | st.just("710000000000001"),
    url=st.just("https://loja.example/1"),
    filename=st.none() | st.just("boleto.pdf"),
)
PLACES = st.builds(
    Location,
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.none() | st.just("Loja"),
    st.none() | st.just("Rua A"),
)
CONTENTS = st.builds(
    Content,
    text=st.none() | TEXTS,
    choices=CHOICES,
    media=st.none() | MEDIA,
    location=st.none() | PLACES,
    reply_to=st.none() | st.just("wamid.IN1"),
)


def _validate(channel, body):
    if channel == "whatsapp":
        whatsapp_rules.validate(body)
    else:
        page_rules.validate(body, channel)


def _is_sayable(content):
    """What render may refuse: nothing to say, nameless or mute buttons, far too much."""
    has_text = bool(content.text and content.text.strip())
    if content.choices and not (has_text and all(c.title.strip() and c.payload for c in content.choices)):
        return False
    return has_text or content.media is not None or content.location is not None


@pytest.mark.parametrize("channel", CHANNELS)
@settings(max_examples=120, derandomize=True, deadline=None, database=None)
@given(content=CONTENTS)
def test_what_is_rendered_is_accepted(channel, content):
    send = CHANNEL[channel].send
    try:
        natives = send.render(content)
    except ContentError as problem:
        assert not _is_sayable(content) or "longer than" in problem.problem
        return
    assert _is_sayable(content)
    assert 0 < len(natives) <= 2 * MAX_PARTS + 3
    for native in natives:
        _validate(
            channel, send.envelope(native, user="5511955550123", phone="5511955550123", reference="job:1")
        )
