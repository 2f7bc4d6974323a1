"""Public holidays become plain dates before a runbook enters a workflow.

The library that knows them imports lazily, which wedges a workflow: only this module may touch it.
"""

import difflib
from datetime import date
from typing import Annotated

import holidays
from holidays.registry import COUNTRIES
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from starter.runbooks.problems import closest

YEARS_AHEAD = 3
"""This one and the next two: a runbook is compiled anew whenever a gateway or a worker starts."""


class PublicHolidays(BaseModel):
    """The public holidays of a country, or of a part of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: Annotated[str, Field(description="By its ISO 3166 code, such as DE or US.")]
    subdivision: Annotated[str | None, Field(description="A state or region, such as BY or CA.")] = None

    @field_validator("country")
    @classmethod
    def _is_a_country(cls, country: str) -> str:
        if country not in holidays.list_supported_countries():
            raise ValueError(f"no holidays are known of {country!r}. {_country_like(country)}")
        return country

    @field_validator("subdivision")
    @classmethod
    def _is_part_of_it(cls, subdivision: str | None, info: ValidationInfo) -> str | None:
        country = info.data.get("country")
        if subdivision is None or country is None:
            return subdivision
        parts = holidays.list_supported_countries()[country]
        if subdivision not in parts:
            advice = closest(subdivision, parts) or "Leave it out: the whole country has the same"
            raise ValueError(f"{country} has no {subdivision!r}. {advice}")
        return subdivision

    def dates(self, first_year: int) -> tuple[date, ...]:
        years = range(first_year, first_year + YEARS_AHEAD)
        return tuple(sorted(holidays.country_holidays(self.country, subdiv=self.subdivision, years=years)))


def compile_holidays(plain: dict[str, object], today: date) -> list[ErrorDetails]:
    """Replace a rule under `calendar.holidays` by its dates, in place. What is wrong with it is left out and told."""
    calendar = plain.get("calendar")
    rule = calendar.get("holidays") if isinstance(calendar, dict) else None
    if not isinstance(calendar, dict) or not isinstance(rule, dict):
        return []
    try:
        calendar["holidays"] = PublicHolidays.model_validate(rule).dates(today.year)
    except ValidationError as error:
        calendar["holidays"] = ()
        return [_inside_calendar(details) for details in error.errors()]
    return []


def _inside_calendar(details: ErrorDetails) -> ErrorDetails:
    return {**details, "loc": ("calendar", "holidays", *details["loc"])}


def _country_like(word: str) -> str:
    """People write a country's name, or another of its codes."""
    codes = {known.lower(): code for name, code, *others in COUNTRIES.values() for known in (name, code, *others)}
    near = difflib.get_close_matches(word.lower(), codes, n=1)
    return f"Did you mean `{codes[near[0]]}`?" if near else "Write its two letters (ISO 3166), such as DE or US"
