import pytest

from connectors.events import Choice, ContentError
from connectors.shared.wording import (
    MAX_PARTS,
    cut,
    graphemes,
    numbered,
    octets,
    split,
    split_tail,
    unique,
    units,
)

FAMILY = "👨‍👩‍👧‍👦"
SENTENCE = "Olá, tudo bem com você? "


def test_a_text_far_too_long_is_refused():
    with pytest.raises(ContentError) as caught:
        split("a" * (MAX_PARTS * 10 + 11), 10)
    assert caught.value.field == "text"


def test_an_empty_text_has_no_parts():
    assert split(" \n ", 10) == []


@pytest.mark.parametrize("text", ["é", "e\u0301", "👍🏽", FAMILY, "🇧🇷", "❤️", "\r\n", "क्षि"[:2]])
def test_what_readers_take_for_one_character_holds_together(text):
    assert list(graphemes(f"a{text}b")) == ["a", text, "b"]


def test_two_flags_are_two():
    assert list(graphemes("🇧🇷🇦🇷")) == ["🇧🇷", "🇦🇷"]


@pytest.mark.parametrize("measure", [units, octets])
@pytest.mark.parametrize(
    "text", [SENTENCE * 200, "x" * 3000, FAMILY * 300, "ção" * 900, "a\u0301" * 2000, "🇧🇷" * 500]
)
@pytest.mark.parametrize("limit", [160, 1000])
def test_every_part_is_within_the_limit_and_nothing_is_lost(text, limit, measure):
    if measure(text) > limit * MAX_PARTS:
        text = text[: limit * MAX_PARTS // 30]
    parts = split(text, limit, measure)
    assert all(0 < measure(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert len(parts) <= MAX_PARTS + 1


def test_parts_end_at_sentences():
    parts = split(SENTENCE * 20, 100)
    assert all(part.endswith("?") for part in parts)


def test_parts_end_at_lines_before_sentences():
    assert split("Um. Dois. Três.\nQuatro. Cinco. Seis.", 25) == ["Um. Dois. Três.", "Quatro. Cinco. Seis."]


def test_parts_end_at_words_without_sentences():
    three = "palavra palavra palavra"
    assert split("palavra " * 10, 30) == [three, three, three, "palavra"]


def test_a_family_is_never_parted():
    assert {part.count("👨") == part.count("👦") for part in split(FAMILY * 100, 1000, octets)} == {True}


def test_one_character_wider_than_the_limit_is_parted_rather_than_lost():
    monster = "a" + "\u0301" * 300
    assert "".join(split(monster, 100)) == monster


def test_cutting_leaves_an_ellipsis_within_the_limit():
    assert cut("Falar com um atendente agora", 20) == "Falar com um atende…"
    assert cut("  dois   espaços ", 20) == "dois espaços"
    assert units(cut("😀" * 20, 20)) <= 20


def test_the_tail_fits_above_buttons():
    before, tail = split_tail(SENTENCE * 100, 4096, 1024)
    assert len(tail) <= 1024
    assert " ".join([*before, tail]) == (SENTENCE * 100).strip()


def test_choices_as_text_are_numbered():
    choices = [Choice("Sim", "y"), Choice("Não ", "n", "nunca\nmais")]
    assert numbered("Quer?", choices) == "Quer?\n\n1. Sim\n2. Não – nunca mais"


def test_repeated_titles_are_told_apart_within_the_limit():
    named = unique(["a" * 20, "a" * 20, "b", "a" * 20], 20, lambda title, n: f"{title} {n}")
    assert named == ["a" * 20, "a" * 18 + " 2", "b", "a" * 18 + " 3"]
