"""Prepares a Temporal server: the namespace, how long it keeps closed incidents, and the search attributes.

Safe to run again, and by several processes at once.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.durable import search_attributes as attributes

_RPC = timedelta(seconds=10)
_SETUP_LOOKS, _SETUP_LOOK_EVERY_S = 600, 0.1  # servers cache namespaces and search attributes for up to a minute

_WANTED = (
    dict.fromkeys((key.name for key in attributes.KEYWORDS), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
    | dict.fromkeys((key.name for key in attributes.DATETIMES), IndexedValueType.INDEXED_VALUE_TYPE_DATETIME)
    | dict.fromkeys((key.name for key in attributes.INTEGERS), IndexedValueType.INDEXED_VALUE_TYPE_INT)
    | dict.fromkeys((key.name for key in attributes.BOOLEANS), IndexedValueType.INDEXED_VALUE_TYPE_BOOL)
)


class SetupFailed(Exception):
    """The server cannot be prepared as it is; the message says why."""


async def prepare(client: Client, retention_days: int = 400) -> None:
    """Returns when incidents can be started. Raises SetupFailed, or RPCError when the server is away."""
    await _keep_for(client, timedelta(days=retention_days))
    for _ in range(_SETUP_LOOKS):
        if await _registered(client):
            return
        await asyncio.sleep(_SETUP_LOOK_EVERY_S)
    raise SetupFailed("the server does not know its new namespace or search attributes yet: try again in a minute")


async def _keep_for(client: Client, retention: timedelta) -> None:
    wanted = Duration()
    wanted.FromTimedelta(retention)
    service, name = client.workflow_service, client.namespace
    try:
        known = await service.describe_namespace(DescribeNamespaceRequest(namespace=name), retry=True, timeout=_RPC)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        creation = RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=wanted)
        await _unless_there(service.register_namespace(creation, retry=True, timeout=_RPC))
        return
    if known.config.workflow_execution_retention_ttl != wanted:
        config = NamespaceConfig(workflow_execution_retention_ttl=wanted)
        await service.update_namespace(UpdateNamespaceRequest(namespace=name, config=config), retry=True, timeout=_RPC)


async def _register(client: Client) -> None:
    service, name = client.operator_service, client.namespace
    listed = await service.list_search_attributes(ListSearchAttributesRequest(namespace=name), retry=True, timeout=_RPC)
    addition = AddSearchAttributesRequest(namespace=name)
    for attribute, kind in _WANTED.items():
        known = listed.custom_attributes.get(attribute)
        if known is None:
            addition.search_attributes[attribute] = kind
        elif known != kind:
            is_and_must_be = f"is {IndexedValueType.Name(known)} and must be {IndexedValueType.Name(kind)}"
            advice = "remove it, or use another namespace (TEMPORAL_NAMESPACE)"
            raise SetupFailed(f"the search attribute {attribute} of namespace {name!r} {is_and_must_be}: {advice}")
    if addition.search_attributes:
        await _unless_there(service.add_search_attributes(addition, retry=True, timeout=_RPC))


async def _registered(client: Client) -> bool:
    """A query that names every attribute is refused until all of them are known."""
    query = " AND ".join(f"{name} IS NULL" for name in _WANTED)
    try:
        await _register(client)
        await client.count_workflows(query, rpc_timeout=_RPC)
    except RPCError as error:
        if error.status in (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.NOT_FOUND):
            return False
        raise
    return True


async def _unless_there(creation: Awaitable[object]) -> None:
    try:
        await creation
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # somebody else was faster
            raise
