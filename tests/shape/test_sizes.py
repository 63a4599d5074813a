"""A file tells one story, a function does one thing."""

import pytest

from tests.shape import tree

PYTHON_LINES = 300
CONSOLE_LINES = 250
FUNCTION_LINES = 40


def long_functions(source: str) -> list[str]:
    found = []
    for node in tree.functions(source):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LINES:
            found.append(f"{node.lineno} {node.name}: {length} lines")
    return found


def test_no_python_file_is_longer_than_300_lines() -> None:
    lengths = {str(path): tree.text(path).count("\n") for path in tree.python_files()}
    assert {path: n for path, n in lengths.items() if n > PYTHON_LINES} == {}


def test_no_console_file_is_longer_than_250_lines() -> None:
    lengths = {str(path): tree.text(path).count("\n") for path in tree.console_files()}
    assert {path: n for path, n in lengths.items() if n > CONSOLE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    found = {str(path): long_functions(tree.text(path)) for path in tree.python_files()}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(("lines", "caught"), [(38, False), (39, False), (40, True)])
def test_the_function_check_sees_the_forty_first_line(lines: int, caught: bool) -> None:
    assert bool(long_functions("def f():\n" + "    pass\n" * lines)) is caught
