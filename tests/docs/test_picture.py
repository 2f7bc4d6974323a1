"""docs/flow.svg, and the times that it shows."""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta

from starter.runbooks import library
from tests.docs.markdown import ROOT
from workflows.policy.time.durations import write

FILE = ROOT / "docs/flow.svg"
SVG = "{http://www.w3.org/2000/svg}"


def test_it_is_a_picture_with_a_title_and_a_description_that_loads_nothing() -> None:
    root = ET.parse(FILE).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    assert not re.search(r"href|url\(h|<image|<script", FILE.read_text(encoding="utf-8"))


def test_its_colours_change_with_the_readers_theme() -> None:
    light, _, dark = FILE.read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
    for name in re.findall(r"\.(\w+)(?:, \.\w+)? \{", light):
        assert f".{name}" in dark, f"{name} keeps its light colour in the dark"


def test_the_course_of_a_sev1_is_that_of_the_runbook() -> None:
    sev1 = library.load(ROOT / "runbooks").runbooks["company"].severities["sev1"]
    assert isinstance(sev1.acknowledge.within, timedelta)
    assert sev1.updates
    shown = [text.text for text in ET.parse(FILE).iter(f"{SVG}text")]
    times = [sev1.acknowledge.within, sev1.updates.every, sev1.escalation[1].after]
    assert [text for text in shown if text and re.fullmatch(r"\d+m", text)] == ["0m", *map(write, times)]
    assert f"then watched {write(sev1.verify_for)}" in shown
