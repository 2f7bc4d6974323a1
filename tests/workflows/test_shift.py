"""A rota's workflow: it says who hands over to whom, sets the user group, and says what is missing, each once."""

from datetime import UTC, datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from tests.starter.conftest import eventually
from tests.workflows.shifts import RotaWorld, shift
from workflows.policy.rota.coverage import CoverageGap, CoverageGaps
from workflows.policy.watches.digest import OwedToReview

A_DAY = timedelta(days=1)


def gap(who: str = "") -> CoverageGap:
    begin = datetime(2026, 12, 24, 9, tzinfo=UTC)
    return CoverageGap(
        kind="nobody", post="on-call", who=who, begins_at=begin, ends_at=begin + A_DAY, why="nobody is On-call Engineer"
    )


def owed(owner: str) -> OwedToReview:
    due_at = datetime(2026, 12, 1, tzinfo=UTC)
    return OwedToReview(incident="i1", title="x", what="report", kind="review", owner=owner, due_at=due_at)


async def first_turn(world: RotaWorld) -> None:
    await eventually(lambda: _copy(world.groups))


async def _copy(found: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return list(found)


async def test_at_each_change_it_says_who_hands_over_to_whom_and_what_is_open(temporal: WorkflowEnvironment) -> None:
    world = RotaWorld(owed=(owed("ann"), owed("Ann"), owed("ben"), owed("somebody else")))
    async with shift(temporal, world) as live:
        await first_turn(world)
        await live.days(2)
        await eventually(lambda: _copy(world.groups), lambda found: len(found) >= 3)
    first, second, *_ = [post for post in world.posts if "hands over" in post]
    assert {first, second} == {
        "Ann hands over to Ben (On-call Engineer of acme): 2 incidents open, 2 duties Ann owes",
        "Ben hands over to Ann (On-call Engineer of acme): 2 incidents open, 1 duty Ben owes",
    }


async def test_the_user_group_holds_whoever_has_the_shift_from_the_first_moment(temporal: WorkflowEnvironment) -> None:
    world = RotaWorld()
    async with shift(temporal, world) as live:
        await first_turn(world)
        assert world.posts == []  # nobody has handed over
        await live.days(1)
        await eventually(lambda: _copy(world.groups), lambda found: len(found) >= 2)
    first, second, *_ = world.groups
    assert {first, second} == {("ann",), ("ben",)}


async def test_a_group_that_cannot_be_set_is_said_with_the_hand_over(temporal: WorkflowEnvironment) -> None:
    world = RotaWorld(group_fails=True)
    async with shift(temporal, world) as live:
        await eventually(live.kept, lambda kept: kept.holder_since is not None)
        await live.days(1)
        await eventually(live.kept, lambda kept: bool(world.posts))
    assert "The user group on-call is not set: Slack says permission_denied" in world.posts[0]


async def test_a_group_that_could_not_be_set_is_set_as_soon_as_it_can_be_and_then_no_more(
    temporal: WorkflowEnvironment,
) -> None:
    world = RotaWorld(group_fails=True)
    async with shift(temporal, world) as live:
        await eventually(live.kept, lambda kept: kept.holder_since is not None)
        assert world.groups == []
        world.group_fails = False
        await live.days(1)
        await eventually(lambda: _copy(world.groups), lambda found: len(found) >= 2)
    first, second, *_ = world.groups
    assert {first, second} == {("ann",), ("ben",)}  # before and after the hand-over, once each


async def test_a_group_that_somebody_changed_in_slack_is_set_again_at_the_next_look(
    temporal: WorkflowEnvironment,
) -> None:
    world = RotaWorld()
    async with shift(temporal, world) as live:
        await first_turn(world)
        world.groups.append(("zoe",))
        await live.passes(timedelta(hours=2))
        await eventually(lambda: _copy(world.groups), lambda found: len(found) >= 3)
    assert world.groups[:2][1] == ("zoe",)
    assert world.groups[2] in (("ann",), ("ben",))


async def test_an_override_counts_at_once_and_everybody_can_read_it_without_a_worker(
    temporal: WorkflowEnvironment,
) -> None:
    world = RotaWorld()
    async with shift(temporal, world) as live:
        await first_turn(world)
        now = datetime.now(UTC)
        begin, end = (now - A_DAY).isoformat(), (now + A_DAY).isoformat()
        takes = {"who": "cho", "begins_at": begin, "ends_at": end, "by": "Ann"}
        for _ in range(2):  # delivered again, it is the same
            await live.handle.signal("override_shift", {**takes, "id": "o1"})
        await eventually(lambda: _copy(world.groups), lambda found: ("cho",) in found)
        card = await eventually(live.card, lambda card: [each.who for each in card.roster.shifts[:1]] == ["cho"])
    assert [(each.who, each.by) for each in card.overrides] == [("cho", "Ann")]


async def test_what_cannot_be_read_leaves_the_last_roster_with_the_reason(temporal: WorkflowEnvironment) -> None:
    world = RotaWorld()
    async with shift(temporal, world) as live:
        await first_turn(world)
        before = await eventually(live.card, lambda card: bool(card.roster.shifts))
        world.problem = "PagerDuty is away"
        await live.days(1)
        card = await eventually(live.card, lambda card: bool(card.roster.problem))
    assert card.roster.problem == "PagerDuty is away"
    assert card.roster.shifts == before.roster.shifts


async def test_what_is_missing_is_said_once_and_again_only_when_there_is_more(temporal: WorkflowEnvironment) -> None:
    once, twice = CoverageGaps(gaps=(gap(),)), CoverageGaps(gaps=(gap(), gap("x")))
    world = RotaWorld(gaps=[once, once, twice])
    async with shift(temporal, world, user_group="") as live:
        await live.days(3)
        await eventually(live.kept, lambda kept: len(kept.missing) == 2)
    said = [post for post in world.posts if "days ahead" in post]
    assert len(said) == 2
    assert "nobody is On-call Engineer from" in said[0]


async def test_what_nobody_understands_harms_nothing(temporal: WorkflowEnvironment) -> None:
    world = RotaWorld()
    async with shift(temporal, world) as live:
        await live.handle.signal("override_shift", "nonsense")
        await live.handle.signal("nobody knows this", {"x": 1})
        await first_turn(world)
        assert (await live.kept()).overrides == ()


async def test_a_rota_that_is_written_no_more_ends(temporal: WorkflowEnvironment) -> None:
    async with shift(temporal, RotaWorld()) as live:
        await live.handle.signal("retire")
        await live.handle.result()
