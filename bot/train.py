"""Trains a bot project into a model file: `python -m bot.train [--project bot] [--model FILE]`.

Nothing is done when the inputs (data, domain, config, component code) are those of the model at hand.
A manifest beside the model says what it was made from and its own hash: the host loads no other file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from bot.rasa_setup import prepare

HERE = Path(__file__).resolve().parent
DEFAULT_MODEL = HERE / "models" / "default.tar.gz"
CODE = ("nlu/*.py", "importer.py", "policy.py", "rasa_setup.py", "tf_standin.py", "train.py")


class TrainingFailed(Exception):
    """The project's data or rules are wrong; the message says which."""


def input_files(project: Path) -> Iterator[Path]:
    yield from (path for path in sorted(project.glob("*.yml")) if path.name in {"config.yml", "domain.yml"})
    for folder in ("data", "domain"):
        yield from sorted((project / folder).rglob("*.yml"))
    for pattern in CODE:
        yield from sorted(HERE.glob(pattern))


def inputs_hash(project: Path) -> str:
    digest = hashlib.sha256()
    for path in input_files(project):
        name = path.relative_to(project) if path.is_relative_to(project) else path.relative_to(HERE)
        content = path.read_bytes()
        digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def manifest_path(model: Path) -> Path:
    return model.with_name(model.name.removesuffix(".tar.gz") + ".json")


def read_manifest(model: Path) -> dict[str, str] | None:
    try:
        manifest = json.loads(manifest_path(model).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def is_current(project: Path, model: Path) -> bool:
    manifest = read_manifest(model)
    if not manifest or not model.is_file() or manifest.get("inputs") != inputs_hash(project):
        return False
    return manifest.get("sha256") == file_hash(model)


def train(project: Path = HERE, model: Path = DEFAULT_MODEL, *, force: bool = False) -> bool:
    """Whether a model was trained. The old model stays in place until the new one is complete."""
    if not force and is_current(project, model):
        return False
    inputs = inputs_hash(project)
    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="konectus-training-") as folder:
        fresh = _train_with_rasa(project, Path(folder))
        manifest = {"sha256": file_hash(fresh), "inputs": inputs, "trained_at": _now()}
        _put_in_place(fresh, json.dumps(manifest, indent=1) + "\n", model)
    return True


def _put_in_place(fresh: Path, manifest: str, model: Path) -> None:
    """Beside the old model first, under a name that the next training takes again, then at once."""
    beside, described = model.with_name(f".{model.name}.new"), model.with_name(f".{model.name}.json.new")
    shutil.copyfile(fresh, beside)
    described.write_text(manifest, encoding="utf-8")
    manifest_path(model).unlink(missing_ok=True)
    beside.replace(model)
    described.replace(manifest_path(model))


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _train_with_rasa(project: Path, folder: Path) -> Path:
    prepare()
    os.environ.setdefault(
        "RASA_MAX_CACHE_SIZE", "0"
    )  # every training is whole: nothing would be read from it
    from rasa.model_training import _train_graph, get_unresolved_slots
    from rasa.shared.data import TrainingType
    from rasa.shared.exceptions import RasaException

    from bot.importer import WholeProject, WrongData

    try:
        data = WholeProject(project)
        if unknown := get_unresolved_slots(data.get_domain(), data.get_stories()):
            raise TrainingFailed(
                f"rules set slots that the domain does not have: {', '.join(sorted(unknown))}"
            )
        result = _train_graph(data, TrainingType.BOTH, str(folder), "model", force_full_training=True)
    except (RasaException, WrongData) as problem:
        raise TrainingFailed(str(problem)) from problem
    if result.code != 0 or result.model is None:
        raise TrainingFailed(f"rasa gave up with code {result.code}")
    return Path(result.model)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=__doc__.partition("\n")[0])
    parser.add_argument("--project", type=Path, default=HERE)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--force", action="store_true", help="train even when nothing changed")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leaves nothing behind
    began = time.monotonic()
    try:
        trained = train(options.project.resolve(), options.model.resolve(), force=options.force)
    except TrainingFailed as problem:
        print(f"training failed: {problem}", file=sys.stderr)
        return 1
    took = time.monotonic() - began
    print(f"trained {options.model} in {took:.1f} s" if trained else f"{options.model} is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
