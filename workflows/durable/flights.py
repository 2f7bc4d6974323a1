"""The sends of one workflow that are on their way, each key at most once at a time (rule 5)."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from workflows.durable import sending
from workflows.durable.sending import Landed, Order
from workflows.policy.effects.effects import Page, SyncPager
from workflows.policy.incident.events import EffectSettled


@dataclass
class _Flight:
    """What travels together: on its way, or ended and not yet taken in."""

    orders: tuple[Order, ...]
    task: "asyncio.Task[tuple[Landed, ...]]"
    recalled: bool = False


class Flights:
    """`landed` is called in a callback, where nothing must be decided: it only says that one has ended."""

    def __init__(self, landed: Callable[["asyncio.Task[tuple[Landed, ...]]"], None]) -> None:
        self._landed = landed
        self._flights: dict[str, _Flight] = {}
        self._boarding: list[Order] = []
        self._withdrawn: set[str] = set()
        self._interrupted: set[str] = set()
        """Had a turn, and lost it to a neighbour that was withdrawn."""

    def __iter__(self) -> Iterator[str]:
        return iter((*self._flights, *(order.key for order in self._boarding)))

    def __contains__(self, key: str) -> bool:
        return key in self._flights or any(order.key == key for order in self._boarding)

    def __bool__(self) -> bool:
        return bool(self._flights or self._boarding)

    @property
    def under_way(self) -> frozenset[str]:
        return frozenset(key for key, flight in self._flights.items() if not flight.task.done())

    @property
    def answer_soon(self) -> frozenset[str]:
        """What is attempted together, once: all of it is answered within seconds, or not at all (ADR 29)."""
        batches = (each for each in self._flights.values() if len(each.orders) > 1 and not each.task.done())
        return frozenset(order.key for each in batches for order in each.orders)

    @property
    def pages(self) -> frozenset[str]:
        """The keys of what is for a pager."""
        effects = ((each.key, each.demand.effect) for flight in self._flights.values() for each in flight.orders)
        return frozenset(key for key, effect in effects if isinstance(effect, Page | SyncPager))

    def board(self, orders: Sequence[Order]) -> None:
        """They leave with all others of this turn: what one of them brings about may travel with it."""
        self._boarding += map(self._in_its_turn, orders)

    def depart(self) -> None:
        boarded, self._boarding = self._boarding, []
        for group in sending.travelling_together(boarded):
            self._begin(group)

    def withdraw(self, key: str) -> None:
        """What travels with it is interrupted, if it has not been sent yet, and is begun again before all others."""
        if key in self._withdrawn:
            return
        if key not in self._flights:
            self.depart()
        self._withdrawn.add(key)
        flight = self._flights[key]
        if not flight.recalled:
            flight.recalled = True
            flight.task.cancel()

    def settle(self) -> Iterator[EffectSettled]:
        """Every send that has ended; what goes on by itself does so. Raises what one ended with: its bug."""
        ended = {id(flight): flight for flight in self._flights.values() if flight.task.done()}
        for flight in ended.values():
            results = () if flight.task.cancelled() else flight.task.result()
            for order in flight.orders:
                del self._flights[order.key]
            yield from self._settled(flight, {each.demand.key: each for each in results})

    def _settled(self, flight: _Flight, landed: dict[str, Landed]) -> Iterator[EffectSettled]:
        for order in flight.orders:
            result = landed.get(order.key)
            if order.key in self._withdrawn:
                self._withdrawn.discard(order.key)
                yield sending.withdrawn(result or order)
            elif isinstance(result, Order):
                self._begin((result,))
            elif result is not None:
                yield result
            else:
                self._interrupted.add(order.key)

    def _in_its_turn(self, order: Order) -> Order:
        if order.key not in self._interrupted:
            return order
        self._interrupted.discard(order.key)
        return replace(order, is_first=True)

    def _begin(self, orders: tuple[Order, ...]) -> None:
        flight = _Flight(orders, asyncio.create_task(_sent(orders)))
        self._flights |= dict.fromkeys((each.key for each in orders), flight)
        flight.task.add_done_callback(self._landed)


async def _sent(orders: tuple[Order, ...]) -> tuple[Landed, ...]:
    return await sending.perform_together(orders) if len(orders) > 1 else (await sending.perform(orders[0]),)
