"""One practice cloud for all of these tests; each makes tables and queues of its own."""

import pytest

from sandbox.cloud.resources import client
from sandbox.cloud.running import running_cloud


@pytest.fixture(scope="session")
def cloud():
    with running_cloud() as started:
        yield started


@pytest.fixture
def sqs(cloud):
    return client(cloud.endpoint, "sqs")
