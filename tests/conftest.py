"""What all tests share: one real mongod for each process of the run, and a database of its own for whoever asks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from hypothesis import settings

from proctor.runtime.mongod import EmbeddedMongod
from proctor.store import Store, open_store

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def mongodb_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a mongod for the whole test run and give its address."""
    with EmbeddedMongod(tmp_path_factory.mktemp("mongod")) as mongod:
        yield mongod.url


@pytest.fixture(scope="session")
def lent_database(mongodb_url: str) -> Iterator[str]:
    """Give the name of the database that is lent to one test after the other: making its indexes takes longest."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield name
    store = open_store(mongodb_url, name)
    store.database.client.drop_database(name)
    store.close()


@pytest.fixture
def database(mongodb_url: str, lent_database: str) -> Iterator[str]:
    """Give the name of a database that nobody else uses now, and in which nothing is left from anybody before."""
    yield lent_database
    store = open_store(mongodb_url, lent_database)
    for name in store.database.list_collection_names():
        store.database[name].delete_many({})
    store.close()


@pytest.fixture
def store(mongodb_url: str, database: str) -> Iterator[Store]:
    """Give the collections of an empty database with its indexes."""
    opened = open_store(mongodb_url, database)
    opened.ensure_indexes()
    yield opened
    opened.close()
