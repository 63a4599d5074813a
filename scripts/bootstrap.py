"""Installs what the project needs into its own folder; standard library only, any Python from 3.10.

Usage: bootstrap.py [services] [bot] [console] [model] [browser] [bench]   (without a name: the first four)
Each step is skipped in milliseconds while its inputs are unchanged. Nothing outside the project is touched,
except that `browser` may install Debian's Chromium where apt and root are at hand.
Settings of pip and uv in the environment (PIP_*, UV_*) reach the tools that they are for.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from steps import ROOT, StepError, digest, files_below, run, step, stop, succeeds

VENV, VENV_BOT, VENV_BENCH, UV_HOME = (ROOT / name for name in (".venv", ".venv-bot", ".venv-bench", ".uv"))
PYTHON, PYTHON_BOT = VENV / "bin/python", VENV_BOT / "bin/python"
CONSOLE = ROOT / "console"
COMPILED = "compiled"  # environments of earlier versions were not
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NETWORK = "Check the network and uv's settings (UV_DEFAULT_INDEX, SSL_CERT_FILE, proxies), then try again."


def uv() -> str:
    """uv: the one on PATH if it works, else the project's own, installed by pip into .uv."""
    own = UV_HOME / "bin/uv"
    for candidate in (str(own), "uv"):
        if succeeds(candidate, "--version"):
            return candidate
    step("uv", digest([]), own, _install_uv)
    return str(own)


def _install_uv() -> None:
    try:
        import ensurepip  # noqa: F401 - Debian ships Python without it
        import venv  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise StepError(
            f"{sys.executable} has no {error.name} module. "
            "On Debian or Ubuntu: apt-get install python3-venv. Or install uv and try again."
        ) from None
    run("uv", [sys.executable, "-m", "venv", "--clear", UV_HOME], "Remove the folder .uv and try again.")
    pip_help = (
        "pip could not install uv. Check the network and pip's settings (pip config list), then try again."
    )
    run("uv", [UV_HOME / "bin/python", "-m", "pip", "install", "--quiet", "uv"], pip_help)


def services() -> None:
    """.venv: everything but the bot host, with what checks and tests need; and the `konectus` command."""
    locked = ROOT / "requirements/dev.txt"
    step("python", digest([], ">=3.12"), PYTHON, lambda: _make_venv(VENV, "3.12", ">=3.12,<3.14"))
    step("services", digest([locked], COMPILED), PYTHON, lambda: _install("services", PYTHON, locked))
    step("konectus", digest([ROOT / "pyproject.toml"]), VENV / "bin/konectus", _install_project)


def bot() -> None:
    """.venv-bot: Rasa and the bot host."""
    locked = ROOT / "requirements/bot.txt"
    step("python-bot", digest([], "3.10"), PYTHON_BOT, lambda: _make_venv(VENV_BOT, "3.10", "3.10"))
    step("bot", digest([locked], COMPILED), PYTHON_BOT, lambda: _install("bot", PYTHON_BOT, locked))


def _make_venv(venv: Path, wanted: str, acceptable: str) -> None:
    """Keep an environment that works; prefer a Python that is here; fetch one only when there is none."""
    if succeeds(
        venv / "bin/python", "-c", f"import sys; sys.exit(sys.version_info < ({wanted.replace('.', ', ')}))"
    ):
        return
    tool = uv()
    for version in (wanted, acceptable):
        if succeeds(
            tool, "venv", "--no-project", "--clear", "--no-python-downloads", "--python", version, venv
        ):
            return
    advice = (
        f"Python {wanted} was not found and could not be fetched. Install it and try again, by one of\n"
        f"  uv python install {wanted}\n  pyenv install {wanted}\n  apt-get install python{wanted}-venv"
    )
    run(f"python-{wanted}", [tool, "venv", "--no-project", "--clear", "--python", wanted, venv], advice)


def _install(name: str, python: Path, locked: Path) -> None:
    """The lock file is whole; dependencies that it leaves out (TensorFlow) are meant to be left out."""
    command = [
        uv(),
        "pip",
        "install",
        "--python",
        str(python),
        "--no-deps",
        "--compile-bytecode",  # a run starts ten processes: compiling in each would take most of the time
        "--require-hashes",
        "-r",
        str(locked),
    ]
    run(name, command, NETWORK)


def _install_project() -> None:
    command = [uv(), "pip", "install", "--python", str(PYTHON), "--no-deps"]
    command += ["--no-build-isolation", "-e", str(ROOT)]
    run("konectus", command, "The project's own package could not be built: see pyproject.toml.")


def console() -> None:
    """console/dist, built with the Node.js that came with .venv. A failure leaves the rest usable."""
    services()
    package, lock = CONSOLE / "package.json", CONSOLE / "package-lock.json"
    if not lock.exists():
        return
    # The wheel's node must be the one that npm's scripts find.
    path = {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = VENV / "bin/npm"  # the entry point: the wheel's own bin/npm is a flattened link that does not run

    def npm_step(advice: str, *words: str) -> Callable[[], None]:
        return lambda: run("console", [npm, *words], advice, cwd=CONSOLE, environ=path)

    install = npm_step(
        "Check the network and npm's settings (npm config list).", "ci", "--no-audit", "--no-fund"
    )
    build = npm_step("The console's sources do not build.", "run", "build")
    try:
        step("npm", digest([package, lock]), CONSOLE / "node_modules", install)
        sources = files_below(CONSOLE, without=("node_modules", "dist", "tests", "test-results"))
        step("console", digest(sources), CONSOLE / "dist/index.html", build)
    except StepError as error:
        print(
            f"\nThe console could not be built; everything else goes on without it.\n{error}", file=sys.stderr
        )


def model() -> None:
    """The bot's trained model; bot.train keeps what is still good."""
    bot()
    training = ROOT / "bot/train.py"
    if not training.exists():
        return
    sources = [
        path for path in files_below(ROOT / "bot", without=("models",)) if path.suffix in {".py", ".yml"}
    ]
    advice = "The bot could not be trained. The rest of the platform runs; customers are handed to people."
    step(
        "model",
        digest(sources),
        ROOT / "bot/models",
        lambda: run("model", [PYTHON_BOT, "-m", "bot.train"], advice),
    )


def browser() -> None:
    """Chromium for the browser tests: one that is here, else Debian's."""
    if any(shutil.which(name) for name in CHROMIUMS):
        return
    advice = "Browser tests need Chromium: install the package chromium (or google-chrome) and try again."
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StepError(advice)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}

    def install() -> None:
        run("browser", ["apt-get", "update", "-q"], advice, environ=quiet)
        run(
            "browser",
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"],
            advice,
            environ=quiet,
        )

    step("browser", digest([], "chromium"), Path("/usr/bin/chromium"), install)


def bench() -> None:
    """.venv-bench: the peers that `make bench` measures against; nothing else needs them."""
    locked, python = ROOT / "requirements/bench.txt", VENV_BENCH / "bin/python"
    step("python-bench", digest([], ">=3.12"), python, lambda: _make_venv(VENV_BENCH, "3.12", ">=3.12,<3.14"))
    step("bench", digest([locked]), python, lambda: _install("bench", python, locked))


STEPS = {
    "services": services,
    "bot": bot,
    "console": console,
    "model": model,
    "browser": browser,
    "bench": bench,
}


def main(names: list[str]) -> None:
    if unknown := set(names) - set(STEPS):
        sys.exit(f"unknown step: {', '.join(sorted(unknown))}; known: {', '.join(STEPS)}")
    try:
        for name in names or ["services", "bot", "console", "model"]:
            STEPS[name]()
    except StepError as error:
        stop(error)


if __name__ == "__main__":
    main(sys.argv[1:])
