"""Rasa without TensorFlow: it imports, and what would need TensorFlow says so."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from bot import tf_standin


def test_tensorflow_is_really_left_out() -> None:
    found = importlib.util.find_spec("tensorflow")
    assert found is not None
    assert isinstance(found.loader, tf_standin._Finder)


def test_using_what_needs_tensorflow_fails_in_words() -> None:
    import tensorflow as tf

    class Layer(tf.keras.layers.Layer):  # type: ignore[misc,name-defined]  # the stand-in has no types
        pass

    with pytest.raises(tf_standin.MissingTensorFlow, match="needs TensorFlow"):
        Layer()


def test_decorators_leave_functions_as_they_are() -> None:
    import tensorflow as tf

    @tf.function
    def plain() -> int:
        return 3

    @tf.function(input_signature=[tf.float32])
    def with_arguments() -> int:
        return 4

    assert (plain(), with_arguments()) == (3, 4)


def test_rasa_alone_does_not_import_and_with_the_stand_in_does() -> None:
    code = "import {first}rasa.core.agent"
    alone = subprocess.run([sys.executable, "-W", "ignore", "-c", code.format(first="")], capture_output=True)
    helped = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code.format(first="bot.tf_standin, ")], capture_output=True
    )
    assert (alone.returncode, helped.returncode) == (1, 0), helped.stderr[-500:]
    assert b"tensorflow" in alone.stderr
