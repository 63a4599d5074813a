"""The bootstrap's steps: skipped while unchanged, done again when they are not, clear when they fail."""

import sys
from pathlib import Path

import pytest
import steps
import testing
from steps import StepError


def test_a_failed_command_shows_its_last_words_and_the_advice(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"(?s)no such package.*Check the network"):
        steps.run(
            "x",
            [sys.executable, "-c", "raise SystemExit('no such package')"],
            "Check the network.",
            root=tmp_path,
        )


def test_a_command_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="/nowhere/uv cannot be run"):
        steps.run("x", ["/nowhere/uv"], "Install uv.", root=tmp_path)


def test_a_failed_step_is_done_again_next_time(tmp_path: Path) -> None:
    def fail() -> None:
        raise StepError("no")

    with pytest.raises(StepError):
        steps.step("npm", "one", tmp_path, fail, root=tmp_path)
    assert steps.step("npm", "one", tmp_path, lambda: None, root=tmp_path)


def test_a_step_is_skipped_while_its_inputs_and_product_are_unchanged(tmp_path: Path) -> None:
    product = tmp_path / "product"
    assert steps.step("npm", "one", product, product.touch, root=tmp_path)
    assert not steps.step("npm", "one", product, product.touch, root=tmp_path)
    assert steps.step("npm", "two", product, product.touch, root=tmp_path)
    product.unlink()
    assert steps.step("npm", "two", product, product.touch, root=tmp_path)


def test_the_digest_sees_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    before = steps.digest([tmp_path / "a"], root=tmp_path)
    assert steps.digest([tmp_path / "a"], root=tmp_path) == before
    assert steps.digest([tmp_path / "a"], "word", root=tmp_path) != before
    (tmp_path / "a").rename(tmp_path / "b")
    assert steps.digest([tmp_path / "b"], root=tmp_path) != before


def test_the_sum_of_the_tests_counts_errors_as_failures(tmp_path: Path) -> None:
    report = tmp_path / "r.xml"
    report.write_text(
        "<testsuites><testsuite tests='7' failures='1' errors='1' skipped='2'/>"
        "<testsuite tests='3' failures='0'/></testsuites>"
    )
    assert testing.read(report) == {"passed": 6, "failed": 2, "skipped": 2}
    assert testing.read(tmp_path / "absent.xml") == {"passed": 0, "failed": 0, "skipped": 0}
