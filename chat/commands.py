"""`/incident ...`: the same as the buttons, typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from activities.errors import Rejected, Unavailable
from chat import words
from chat.acting import Deed, Hands, Misfit, in_words, slack_id
from chat.finding import Finder, only_text, picker
from chat.forms.declaring import DeclareForms
from chat.forms.verb_form import VerbForms, certainly
from chat.grammar import COMMANDS, HELP, LIST, REVIEW_COMMAND, SHOW, START, Typed, Unclear, read
from chat.looking import Looks
from chat.payloads import SlashCommand
from chat.people import Presser
from chat.permissions import NotAllowed
from chat.presses import LOOK
from chat.slow_answers import SlowAnswers
from chat.unopened import unopened
from starter.desk.verbs import VERB_BY_NAME
from starter.temporal.results import Unreachable
from workflows.policy.effects.offers import Pressed

FAILED = "Nothing is known to be recorded: Temporal does not answer. Type it again; if it is urgent, call somebody now."


@dataclass(frozen=True)
class Commands:
    name: str
    """As the app has registered it: `/incident`."""
    hands: Hands
    finder: Finder
    looks: Looks
    verb_forms: VerbForms
    declare_forms: DeclareForms
    slow_answers: SlowAnswers
    users: Mapping[str, str]
    """A member id of Slack's to the person of the runbook."""

    async def receive(self, command: SlashCommand, presser: Presser) -> dict[str, JsonValue] | None:
        """The answer, for whoever typed it alone; None: a form has been opened. Raises nothing of what can go wrong:
        words are better than Slack's own."""
        verb = ""
        try:
            typed = read(command.text, self.users)
            verb = typed.form.verb
            return await self._done(command, presser, typed)
        except (Unclear, NotAllowed, Misfit) as no:
            return only_text(words.refused(str(no)))
        except Unreachable:
            return only_text(FAILED)
        except (Unavailable, Rejected, TimeoutError) as no:
            return only_text(unopened(no, "Type it again", self.name, verb))

    async def _done(self, command: SlashCommand, presser: Presser, typed: Typed) -> dict[str, JsonValue] | None:
        if typed.name == HELP:
            return only_text(self._help())
        if typed.name == START:
            await self.declare_forms.open(command.trigger_id, typed.rest)
            return None
        if typed.name == LIST:
            return only_text(await self.looks.list(presser))
        return await self._about_one(command, presser, typed)

    async def _about_one(self, command: SlashCommand, presser: Presser, typed: Typed) -> dict[str, JsonValue] | None:
        wanted = _wanted(typed)
        place = await self.finder.of_channel(command.channel_id, command.channel_name)
        part = typed.incident or place.incident
        if not part:
            rows = await self.finder.open(presser)
            if not rows and typed.name != REVIEW_COMMAND:
                return only_text(f"No incident is open. `{self.name} start` declares one.")
            if len(rows) != 1 and rows:
                return picker(rows, wanted)
            part = rows[0].incident if rows else ""
        here = place.is_its_own and part == place.incident
        return await self._this(command, presser, wanted.model_copy(update={"incident": part}), here=here)

    async def _this(
        self, command: SlashCommand, presser: Presser, wanted: Pressed, *, here: bool
    ) -> dict[str, JsonValue] | None:
        if wanted.group == LOOK:
            return only_text(await self.looks.at(wanted.verb, wanted.incident, presser, here=here))
        verb = VERB_BY_NAME[wanted.group, wanted.verb]
        if wanted.asks:
            await self.verb_forms.open(wanted, verb, command.trigger_id, presser, certainly(here))
            return None
        deed = Deed(verb, wanted.incident, slack_id(command.team_id, command.trigger_id), wanted.said, here=here)
        answered = await in_words(self.hands.do(deed, presser))
        if answered.is_late:
            answered = self.slow_answers.in_message(deed, presser, command.response_url)
        return only_text(answered.text)

    def _help(self) -> str:
        rows = (
            f"`{self.name} {' '.join((name, *(field.upper() for field in form.fields)))}`  {form.about}"
            for name, form in COMMANDS.items()
        )
        return "\n".join((*rows, "In an incident's channel no id is needed; elsewhere it may stand after the word."))


def _wanted(typed: Typed) -> Pressed:
    return Pressed(incident="", verb=typed.name, group=LOOK) if typed.name in (SHOW, REVIEW_COMMAND) else typed.pressed
