"""What the documents say is there: links, commands, settings."""

import re
from pathlib import Path

import pytest

from tests.shape import tree

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
SETTING = re.compile(r"r\.(?:text|secret|integer|url|choice)\(\s*\"([A-Z_]+)\"")
KEYS = re.compile(r"_several\(\s*r,((?:\s*\"[A-Z_]+\",)+)")


def broken_links(page: Path, text: str) -> list[str]:
    return [link for link in LINK.findall(text) if not (tree.ROOT / page.parent / link).exists()]


def test_links_between_documents_and_code_lead_somewhere() -> None:
    pages = [path for path in tree.tracked() if path.suffix == ".md" and path.parts[0] != "console"]
    found = {str(page): broken_links(page, tree.text(page)) for page in pages}
    assert {page: links for page, links in found.items() if links} == {}


def test_the_link_check_sees_a_broken_one() -> None:
    assert broken_links(Path("README.md"), "[a](LICENSE) [b](nowhere.py) [c](docs/#x)") == ["nowhere.py"]


def test_the_make_targets_that_the_readme_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", tree.text(Path("Makefile")), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", tree.text(Path("README.md")))) - targets == set()


def test_every_setting_is_in_the_readme() -> None:
    source = tree.text(Path("app/settings.py"))
    names = set(SETTING.findall(source)) | set(re.findall(r"[A-Z_]{4,}", " ".join(KEYS.findall(source))))
    readme = tree.text(Path("README.md"))
    assert len(names) > 15
    # `NAME`, `…_PREVIOUS` in one row stands for NAME_PREVIOUS.
    assert {name for name in names if name not in readme and not name.endswith("_PREVIOUS")} == set()


@pytest.mark.parametrize(
    "page", sorted((tree.ROOT / "docs/decisions").glob("*.md")), ids=lambda page: page.stem
)
def test_a_decision_says_why_and_what_follows(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {int(page.name[:4])}\. ", text)
    for part in ("**Context.**", "**Decision.**", "**Consequences.**", "**Alternatives.**"):
        assert part in text
    assert len(text.splitlines()) <= 40
