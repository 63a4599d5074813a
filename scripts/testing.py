"""Runs the groups of tests one after the other and closes with their sum: `N passed, N failed, N skipped`.

Usage: testing.py GROUP...    groups: services, bot, console, phones, browser, fast
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "tests"
BIN = ROOT / ".venv" / "bin"
BOT_TESTS = ("tests/bot", "tests/channels_rasa")
NO_TESTS = 5  # pytest's exit code when a group is empty


def pytest(python: str, *words: str) -> list[str]:
    return [python, "-m", "pytest", "--durations=5", *words]


def services(marks: str) -> list[str]:
    return pytest(".venv/bin/python", *(f"--ignore={folder}" for folder in BOT_TESTS), "-m", marks)


GROUPS: dict[str, list[str]] = {
    "services": services("not browser"),
    # Two runs: Playwright's blocking API keeps an event loop of its own, which tests with one cannot share.
    "phones": pytest(".venv/bin/python", "tests/simulators", "-m", "browser"),
    "browser": pytest(".venv/bin/python", "tests/browser"),
    "fast": services("not browser and not bot and not slow"),
    # tests/conftest.py is for the other Python, so the bot's tests start below it.
    "bot": pytest(
        ".venv-bot/bin/python",
        *("-c", f"{BOT_TESTS[0]}/pytest.ini", "--rootdir", "."),
        *(f"--confcutdir={BOT_TESTS[0]}", *BOT_TESTS),
    ),
    "console": [f"{BIN}/npm", "--prefix", "console", "run", "--silent", "test", "--"],
}


def run(group: str) -> dict[str, int]:
    print(f"\n== {group}", flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = RESULTS / f"{group}.xml"
    report.unlink(missing_ok=True)
    environ = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [*GROUPS[group], *_report_to(report, group)]
    code = subprocess.run(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL).returncode
    counts = read(report)
    if code not in (0, NO_TESTS) and not counts["failed"]:
        counts["failed"] = 1  # the runner itself could not go on
    return counts


def _report_to(report: Path, group: str) -> list[str]:
    if group == "console":
        return ["--passWithNoTests", "--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"]
    return [f"--junitxml={report}"]


def read(report: Path) -> dict[str, int]:
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    if report.exists():
        for suite in ElementTree.parse(report).iter("testsuite"):
            for name in counts:
                counts[name] += int(suite.get(name, 0))
    failed = counts["failures"] + counts["errors"]
    return {
        "passed": counts["tests"] - failed - counts["skipped"],
        "failed": failed,
        "skipped": counts["skipped"],
    }


def main(groups: list[str]) -> int:
    if not groups or set(groups) - set(GROUPS):
        print(f"groups: {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    results = {group: run(group) for group in groups}
    total = {
        word: sum(counts[word] for counts in results.values()) for word in ("passed", "failed", "skipped")
    }
    print("\n" + "\n".join(f"  {group:<10}{counts}" for group, counts in results.items()))
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped", flush=True)
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main(sys.argv[1:]))
