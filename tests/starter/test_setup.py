"""Preparing a Temporal server, from nothing and again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from starter.temporal.setup import SetupFailed, prepare
from tests.starter.conftest import register


@pytest.fixture
async def fresh(temporal: WorkflowEnvironment) -> Client:
    address = temporal.client.service_client.config.target_host
    return await Client.connect(address, namespace=f"setup-{uuid4().hex[:8]}")


@pytest.fixture
async def empty(temporal: WorkflowEnvironment, fresh: Client) -> Client:
    """Connected to a namespace that somebody made."""
    await register(temporal.client, fresh.namespace)
    return fresh


async def retention(client: Client) -> timedelta:
    seen = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return seen.config.workflow_execution_retention_ttl.ToTimedelta()


async def attributes(client: Client) -> dict[str, str]:
    seen = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=client.namespace))
    return {
        name: IndexedValueType.Name(kind).removeprefix("INDEXED_VALUE_TYPE_")
        for name, kind in seen.custom_attributes.items()
    }


async def test_a_missing_namespace_is_made_with_everything_an_incident_needs(fresh: Client) -> None:
    await prepare(fresh, retention_days=30)
    assert await retention(fresh) == timedelta(days=30)
    assert await attributes(fresh) == {
        "TocsinIncident": "KEYWORD",
        "TocsinLetters": "KEYWORD",
        "TocsinSeverity": "KEYWORD",
        "TocsinPhase": "KEYWORD",
        "TocsinService": "KEYWORD",
        "TocsinRunbook": "KEYWORD",
        "TocsinCommander": "KEYWORD",
        "TocsinNextDuty": "KEYWORD",
        "TocsinNextDutyAt": "DATETIME",
        "TocsinReviewDueAt": "DATETIME",
        "TocsinTier": "INT",
        "TocsinUrgency": "INT",
        "TocsinPrivate": "BOOL",
    }


async def test_once_prepared_all_attributes_can_be_used_at_once(empty: Client) -> None:
    await prepare(empty)
    await empty.count_workflows("TocsinTier = 2 AND TocsinIncident STARTS_WITH 'x'")  # refused if not known


async def test_preparing_again_changes_only_what_differs(empty: Client) -> None:
    await prepare(empty, retention_days=30)
    await prepare(empty, retention_days=400)
    assert await retention(empty) == timedelta(days=400)


async def test_a_namespace_with_some_of_the_attributes_gets_the_others(empty: Client) -> None:
    await add(empty, "TocsinTier", IndexedValueType.INDEXED_VALUE_TYPE_INT)
    await prepare(empty)
    assert len(await attributes(empty)) == 13


async def test_an_attribute_of_another_type_is_named_and_left_alone(empty: Client) -> None:
    await add(empty, "TocsinTier", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
    with pytest.raises(SetupFailed, match=r"TocsinTier .* is .*KEYWORD and must be .*INT"):
        await prepare(empty)
    assert await attributes(empty) == {"TocsinTier": "KEYWORD"}


async def add(client: Client, name: str, kind: IndexedValueType.ValueType) -> None:
    addition = AddSearchAttributesRequest(namespace=client.namespace, search_attributes={name: kind})
    await client.operator_service.add_search_attributes(addition)
