"""How much a text may do. A template of a runbook runs inside its incident: one that never ends holds up the page.

It is counted, not timed: a workflow has no clock, and the same text must end the same way on every machine. Each turn
of a loop, each call, each filter and each value that is put together costs steps, long strings more of them; and what
could make much of little (`*`, `**`, `%`, `+`, `center`, `replace`, `join`, ...) is asked how much first. What
cannot be bounded so is not there: `range`, `random`, templates that include others.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import BuiltinMethodType

from jinja2 import TemplateRuntimeError, Undefined, nodes
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import _PassArg, pass_context

from workflows.texts.counting import MEASURED, SPENT, counting

STEPS = 20_000
"""Less than a tenth of a second."""
CHARACTERS_A_STEP = 50
LARGEST_RESULT = 500_000
"""Characters that one operation may make."""
BITS = 256
"""Of a number."""
PIECE = 1_000
"""Characters that one `%5d` or `{:5}` may add to its value: three digits."""

ALLOWANCE = " allowance"
"""A value that no template can name, for names have no blanks."""
NEVER_LONGER = frozenset({"d", "default", "truncate", "get"})
"""They make no more than the longest of what they are given."""
GONE = frozenset({"random", "urlize", "xmlattr", "pprint", "striptags"})
"""Not the same each time, or slower than the text is long."""
STRING_METHODS = frozenset(
    [
        "capitalize", "casefold", "center", "count", "endswith", "expandtabs", "find", "format", "format_map", "get",
        "index", "isalnum", "isalpha", "isdigit", "islower", "isspace", "isupper", "items", "join", "keys", "ljust",
        "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rjust", "rpartition",
        "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper", "values",
        "zfill",
    ]
)  # fmt: skip
"""Of texts, lists and mappings."""
_WIDE = re.compile(r"%[^a-zA-Z%]*?(\d{4}|\*)|\{[^{}]*(\d{4}|\{)")


class TooMuch(TemplateRuntimeError):
    """A text would take longer, or grow larger, than a text may."""


class Allowance:
    """What one rendering may still do."""

    def __init__(self) -> None:
        self._left = STEPS

    def spend(self, steps: int = 1) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooMuch(f"it takes more than {STEPS:,} steps")

    def weigh(self, value: object) -> int:
        """Characters and parts of a value. Spends what it takes to walk through it: a part that stands in it twice is
        there twice."""
        waiting, weight = [value], 0
        while waiting:
            each = waiting.pop()
            weight += 1
            self.spend()
            if isinstance(each, Undefined):
                continue
            if isinstance(each, str):
                weight += len(each)
                self.spend(len(each) // CHARACTERS_A_STEP)
            elif isinstance(each, int):
                at_most(each.bit_length(), BITS)
            elif isinstance(each, Mapping):
                waiting += [*each.keys(), *each.values()]
            elif isinstance(each, Iterable) and not isinstance(each, Iterator):
                waiting += each
        return weight

    def check(self, name: str, values: Iterable[object]) -> None:
        """Before a filter or method runs: what it makes is at most as large as the two largest of these, multiplied."""
        values = tuple(values)
        extents = sorted((self._extent(value) for value in values), reverse=True)
        if name not in NEVER_LONGER and not (name in ("format", "format_map") and _formats(values, extents)):
            at_most(_product(extents), LARGEST_RESULT)

    def _extent(self, value: object) -> int:
        weight = self.weigh(value)
        return abs(value) if isinstance(value, int) else weight


def at_most(wanted: int, allowed: int) -> None:
    if wanted > allowed:
        raise TooMuch("it would make something too large")


def _repeated(value: object, weight: int, times: object) -> int:
    return 0 if isinstance(value, int | float) or not isinstance(times, int) else weight * abs(times)


def _product(extents: list[int]) -> int:
    return extents[0] * max(extents[1], 1) if len(extents) > 1 else 0


def _formats(values: tuple[object, ...], extents: list[int]) -> bool:
    """Holds `FORMAT % values` to its bounds. False: there is no format in it."""
    if not values or not isinstance(values[0], str):
        return False
    if _WIDE.search(values[0]):
        raise TooMuch("a width in it has more than three digits, or is itself a value")
    pieces = values[0].count("%") + values[0].count("{")
    at_most(len(values[0]) + pieces * (extents[0] + PIECE), LARGEST_RESULT)
    return True


class BoundedEnvironment(SandboxedEnvironment):
    """Jinja's sandbox, in which every rendering has an `Allowance` among its values, under the name `ALLOWANCE`."""

    intercepted_binops = frozenset(SandboxedEnvironment.default_binop_table)

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.globals.clear()
        bounded = {name: _bounded(name, each) for name, each in self.filters.items() if name not in GONE}
        self.filters.clear()
        self.filters.update(bounded | {MEASURED: _measured, SPENT: _spent})

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Jinja's documented place to change how a template is compiled."""
        return super()._generate(counting(source), name, filename, defer_init)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        known = attr in STRING_METHODS or not isinstance(value, BuiltinMethodType)
        return known and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        allowance = _allowance(context)
        weights = allowance.weigh(left), allowance.weigh(right)
        match operator:
            case "*":
                at_most(max(_repeated(left, weights[0], right), _repeated(right, weights[1], left)), LARGEST_RESULT)
            case "**" if isinstance(left, int) and isinstance(right, int):
                at_most(left.bit_length() * abs(right), BITS)
            case "+":
                at_most(sum(weights), LARGEST_RESULT)
            case "%" if isinstance(left, str):
                _formats((left, right), sorted(weights, reverse=True))
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: object, *args: object, **kwargs: object) -> object:  # noqa: N805 (as in Jinja: no name of an argument is taken)
        allowance = _allowance(__context)
        values = (*args, *kwargs.values())
        if isinstance(method := getattr(__obj, "__wrapped__", __obj), BuiltinMethodType):
            allowance.check(method.__name__, (method.__self__, *values))
        else:
            for value in values:
                allowance.weigh(value)
        allowance.spend()
        return _listed(allowance, super().call(__context, __obj, *args, **kwargs))


def _bounded(name: str, made: Callable[..., object]) -> Callable[..., object]:
    wants = _PassArg.from_obj(made)

    @pass_context
    def bounded(context: Context, *args: object, **kwargs: object) -> object:
        allowance = _allowance(context)
        allowance.check(name, (*args, *kwargs.values()))
        given = {
            _PassArg.context: context,
            _PassArg.eval_context: context.eval_ctx,
            _PassArg.environment: context.environment,
        }
        return _listed(allowance, made(*([given[wants]] if wants else []), *args, **kwargs))

    return bounded


def _listed(allowance: Allowance, made: object) -> object:
    """What would be made bit by bit is made now, while it is counted."""
    return list(_counted(allowance, made)) if isinstance(made, Iterator) else made


def _counted(allowance: Allowance, made: Iterator[object]) -> Iterator[object]:
    for each in made:
        allowance.spend()
        yield each


@pass_context
def _measured(context: Context, value: object) -> object:
    _allowance(context).weigh(value)
    return value


@pass_context
def _spent(context: Context, characters: int) -> bool:
    _allowance(context).spend(1 + characters // CHARACTERS_A_STEP)
    return True


def _allowance(context: Context) -> Allowance:
    found = context.parent.get(ALLOWANCE)
    if not isinstance(found, Allowance):
        raise TooMuch("it was given no allowance")
    return found
