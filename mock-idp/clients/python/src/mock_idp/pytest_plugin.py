"""Fixtures for pytest."""

from collections.abc import Iterator

import pytest

from .client import MockIdp


@pytest.fixture(scope="session")
def mock_idp_provider() -> Iterator[MockIdp]:
    """One provider for all tests of a process; the program is `$MOCK_IDP`, or `mock-idp` on the PATH."""
    with MockIdp.start() as provider:
        yield provider


@pytest.fixture
def mock_idp(mock_idp_provider: MockIdp) -> Iterator[MockIdp]:
    """A provider of its own for each test. Every lie that a test tells has to be met: it fails otherwise."""
    tenant = mock_idp_provider.tenant()
    yield tenant
    tenant.verify()
    tenant.stop()
