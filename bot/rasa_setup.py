"""What must be settled before rasa is imported: no TensorFlow, no telemetry, no debug lines."""

from __future__ import annotations

import logging
import os
import warnings

from bot import tf_standin


def prepare(level: int = logging.WARNING) -> None:
    tf_standin.install()
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("LOG_LEVEL", logging.getLevelName(level))
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    for chatter in ("rasa", "matplotlib", "apscheduler"):
        logging.getLogger(chatter).setLevel(level)
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level), cache_logger_on_first_use=True
    )
