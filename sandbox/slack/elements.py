"""What a person does to an element: the action that Slack tells of it, and its value in a view's state."""

from collections.abc import Iterator

from pydantic import JsonValue

Element = dict[str, JsonValue]
_PICKED = {"datepicker": "date", "timepicker": "time", "datetimepicker": "date_time"}
_WITHOUT_VALUE = ("button", "overflow")


class CannotPress(Exception):
    """There is nothing there that a person could press, or not with this value."""


def with_block_ids(blocks: JsonValue) -> list[Element]:
    """As Slack tells of them: whoever gave a block no id gets one."""
    found = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    return [{"block_id": f"b{number}", **block} for number, block in enumerate(found)]


def elements_of(blocks: list[Element]) -> Iterator[tuple[str, Element]]:
    """Each with the id of its block."""
    for block in blocks:
        nested = block.get("elements")
        found = [*(nested if isinstance(nested, list) else []), block.get("element"), block.get("accessory")]
        for element in found:
            if isinstance(element, dict) and "action_id" in element:
                yield str(block["block_id"]), element


def names_of(block_id: str, element: Element) -> tuple[str, str, str]:
    """How a person's hands may call it: an `action_id` is unique in its block only."""
    return f"{block_id}/{element['action_id']}", str(element["action_id"]), block_id


def pressed(blocks: list[Element], wanted: str, value: JsonValue, at: str) -> Element:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload#fields"""
    for block_id, element in elements_of(blocks):
        if wanted in names_of(block_id, element)[:2]:
            told: Element = {
                "action_id": element["action_id"],
                "block_id": block_id,
                "type": element["type"],
                "action_ts": at,
            }
            return told | _told(element, value)
    raise CannotPress(f"nothing there has the action_id {wanted}")


def _told(element: Element, value: JsonValue) -> Element:
    if element["type"] == "button":
        return {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    if element["type"] == "overflow":
        return {"selected_option": _option(element, value)}
    return filled(element, value)


def state_of(blocks: list[Element], inputs: dict[str, JsonValue], whole: bool = True) -> dict[str, JsonValue]:
    """`view.state.values`: what is filled in, and what stood there from the start. `whole`: nothing may be missing."""
    values: dict[str, JsonValue] = {}
    used: list[str] = []
    for block_id, element in elements_of(blocks):
        if element["type"] in _WITHOUT_VALUE:
            continue
        name = next((each for each in names_of(block_id, element) if each in inputs), None)
        used += [name] if name else []
        of_block = values.setdefault(block_id, {})
        assert isinstance(of_block, dict)
        of_block[str(element["action_id"])] = filled(element, inputs[name] if name else _initial(element))
    if sorted(used) != sorted(inputs):
        raise CannotPress(f"of these, {', '.join(sorted(inputs))}, one fits no input, or several")
    if whole:
        _demand_required(blocks, values)
    return values


def filled(element: Element, value: JsonValue) -> Element:
    kind = str(element["type"])
    several = kind.startswith("multi_") or kind == "checkboxes"
    if kind in _PICKED:
        return {"type": kind, f"selected_{_PICKED[kind]}": value}
    if kind.endswith("_input"):
        return {"type": kind, "value": _typed(element, value)}
    if kind.endswith("users_select"):
        return {"type": kind, "selected_users" if several else "selected_user": value}
    if kind in ("conversations_select", "channels_select"):
        return {"type": kind, f"selected_{kind.partition('s_')[0]}": value}
    if several:
        chosen = value if isinstance(value, list) else []
        return {"type": kind, "selected_options": [_option(element, each) for each in chosen]}
    return {"type": kind, "selected_option": None if value is None else _option(element, value)}


def _typed(element: Element, value: JsonValue) -> JsonValue:
    least, most = element.get("min_length"), element.get("max_length")
    length = len(str(value or ""))
    if value is not None and ((isinstance(most, int) and length > most) or (isinstance(least, int) and length < least)):
        raise CannotPress(f"{element['action_id']} takes {least or 0} to {most} characters, and these are {length}")
    return value if value is None or value == "" else str(value)


def _option(element: Element, value: JsonValue) -> Element:
    """By its value, or by what is written on it."""
    options = element.get("options")
    groups = element.get("option_groups")
    every = [*(options if isinstance(options, list) else [])]
    for group in groups if isinstance(groups, list) else []:
        of_group = group.get("options") if isinstance(group, dict) else None
        every += of_group if isinstance(of_group, list) else []
    for option in every:
        if isinstance(option, dict) and value in (option["value"], _label(option)):
            return option
    raise CannotPress(f"{element['action_id']} has no option {value}")


def _label(option: Element) -> JsonValue:
    text = option["text"]
    return text["text"] if isinstance(text, dict) else None


def _initial(element: Element) -> JsonValue:
    for name in ("initial_value", "initial_user", "initial_users", "initial_conversation", "initial_channel",
                 "initial_date", "initial_time", "initial_date_time"):  # fmt: skip
        if element.get(name) is not None:
            return element[name]
    option, options = element.get("initial_option"), element.get("initial_options")
    if isinstance(option, dict):
        return option["value"]
    return [each["value"] for each in options if isinstance(each, dict)] if isinstance(options, list) else None


def _demand_required(blocks: list[Element], values: dict[str, JsonValue]) -> None:
    """Slack's clients send no form in which something is missing."""
    for block in blocks:
        if block.get("type") != "input" or block.get("optional"):
            continue
        of_block = values.get(str(block["block_id"]))
        said = next(iter(of_block.values()), None) if isinstance(of_block, dict) else None
        kept = [each for name, each in said.items() if name != "type"] if isinstance(said, dict) else []
        if not any(kept):
            element = block.get("element")
            raise CannotPress(f"{element['action_id'] if isinstance(element, dict) else 'an input'} must be filled in")
