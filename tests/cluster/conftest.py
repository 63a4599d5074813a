from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.demo import at_hand, running
from tests.cluster.cluster import Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """KONECTUS_TEST_CLUSTER=its data folder: one that runs already, quicker while writing tests."""
    given = os.environ.get("KONECTUS_TEST_CLUSTER")
    with at_hand(Path(given)) if given else running(cluster=True) as demo:
        found = Cluster(demo)
        yield found
        found.close()
