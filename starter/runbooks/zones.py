"""Rotas that name no zone go by the runbook's calendar: written into them before the runbook enters a workflow."""

from collections.abc import Iterator


def compile_zones(plain: dict[str, object]) -> None:
    """In place. Whatever has another form than it should is left for the model to complain about."""
    zone = _mapping(plain.get("calendar")).get("zone")
    for rota in (_mapping(_mapping(person).get("on_call")) for person in _mapping(plain.get("people")).values()):
        if rota and zone is not None:
            rota.setdefault("zone", zone)
        for layer in _layers(rota):
            if "zone" in rota:
                layer.setdefault("zone", rota["zone"])


def _layers(rota: dict[str, object]) -> Iterator[dict[str, object]]:
    layers = rota.get("layers")
    return (_mapping(layer) for layer in layers) if isinstance(layers, list) else iter(())


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
