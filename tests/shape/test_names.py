"""Rooms hold what their names say; names are the glossary's; the project names no machine and no host."""

import ast
import re
from pathlib import Path

import pytest

from tests.shape import tree

SHAPE = {"__init__", "model", "rules", "store", "service", "schemas", "api", "jobs", "errors"}
# What a room has beside the shape, by what it owns. A new name is a decision: it is written here.
BESIDE: dict[str, set[str]] = {
    "accounts": {"passwords"},
    "billing": {"plans"},
    "connectors": {
        *("events", "meta", "channels"),  # the wire of the three channels
        "keeper",  # of lanes being worked
        *("describe", "onboarding", "policy", "profile", "tokens"),  # channel accounts
    },
    "connectors/webhooks": {"receive", "routing", "splitter"},  # from the raw body to the lanes
    "connectors/inbox": {"loads", "statuses", "worker"},
    "connectors/outbox": {"advance", "delivery", "gate", "hooks", "limiter", "settle"},
    "router": {
        *("intake", "turn", "bot", "aftermath", "owed"),  # a message's way to its answer
        *("desk", "views", "live", "texts"),  # what agents do and see
    },
}
FREE_FOLDERS = {
    "shared",
    "whatsapp",
    "messenger",
    "instagram",
}  # a channel: verify, parse, send, rasa and helpers
TOOLS = ("tests", "scripts")


def strangers(paths: list[Path]) -> list[str]:
    return [
        str(path)
        for path in paths
        if not set(path.parts[1:-1]) & FREE_FOLDERS
        and path.stem not in SHAPE | BESIDE.get(path.parent.as_posix(), set())
    ]


@pytest.mark.parametrize("service", tree.SERVICES)
def test_a_room_holds_only_files_of_its_shape(service: str) -> None:
    assert strangers(tree.python_files(service)) == []


def test_the_room_check_sees_a_stranger() -> None:
    assert strangers([Path("crm/helpers.py"), Path("crm/store.py")]) == ["crm/helpers.py"]


def forbidden_words() -> dict[str, str]:
    """Word → what to say instead, from the glossary's last table."""
    table = tree.text(Path("docs/glossary.md")).split("## Say, do not say")[1]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {word: say for say, words in rows if say != "say" for word in words.split(", ")}


def words_of(name: str) -> str:
    """`OpenTicket` and `open_ticket` are both `_open_ticket_`, so that a word is found whole."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"_{snake.strip('_')}_"


def names_in_python(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case (
                ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                found.add(name)
    return found


def names_in_typescript(source: str) -> set[str]:
    declared = r"\b(?:const|let|function|class|interface|type|enum)\s+([A-Za-z_$][\w$]*)"
    return set(re.findall(declared, source))


def wrong_words(names: set[str]) -> list[str]:
    forbidden = forbidden_words()
    return sorted(
        f"{name}: say {say}"
        for name in names
        for word, say in forbidden.items()
        if any(f"_{form}_" in words_of(name) for form in (word, f"{word}s"))
    )


def test_names_are_words_of_the_glossary() -> None:
    found = {}
    for path in [*tree.python_files(), *tree.console_files()]:
        read = names_in_python if path.suffix == ".py" else names_in_typescript
        if path.parts[0] not in TOOLS and (wrong := wrong_words(read(tree.text(path)))):
            found[str(path)] = wrong
    assert found == {}


@pytest.mark.parametrize("name", ["open_ticket", "TicketList", "tickets", "chat", "WORKSPACE"])
def test_the_word_check_sees_a_wrong_word(name: str) -> None:
    assert wrong_words({name})


@pytest.mark.parametrize("name", ["conversation", "chatter", "prospective"])
def test_the_word_check_reads_whole_words(name: str) -> None:
    assert wrong_words({name}) == []


HOSTS = "|".join(
    [r"py" + r"pi\.org", r"python" + r"hosted\.org", r"registry\.npm" + r"js", r"deb\.deb" + r"ian\.org"]
)
PATHS = "|".join(["ho" + "me", "ro" + "ot", "Us" + "ers", "wo" + "rk"])
MACHINE = re.compile(rf"(?<![\w.}}])/(?:{PATHS})/\w|{HOSTS}")
BINARY = {".png", ".ico", ".woff2", ".jpg", ".webp", ".mp4", ".pdf", ".ogg"}


def test_no_tracked_file_names_a_machine_or_a_package_host() -> None:
    files = [path for path in tree.tracked() if path.suffix not in BINARY]
    found = {str(path): MACHINE.findall(tree.text(path)) for path in files}
    assert {path: places for path, places in found.items() if places} == {}


@pytest.mark.parametrize("line", ["/" + "home/ana/x", "see /" + "root/bin", "https://py" + "pi.org/simple"])
def test_the_machine_check_sees_one(line: str) -> None:
    assert MACHINE.search(line)
