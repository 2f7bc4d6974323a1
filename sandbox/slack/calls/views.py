"""views.*: https://docs.slack.dev/reference/methods?family=views. Any bot may open one: they need no scope."""

from sandbox.slack import written
from sandbox.slack.calls.base import DecodedView, SlackCall
from sandbox.slack.kit.checking import check_view
from sandbox.slack.workspace import Workspace
from sandbox.slack.written import Answer


class ViewsOpen(SlackCall):
    trigger_id: str
    view: DecodedView

    def answer(self, workspace: Workspace, /) -> Answer:
        check_view(self.view)
        user = workspace.tickets.use_trigger(self.trigger_id)
        return {"view": written.view(workspace.modals.open(user, self.view))}


class ViewsPush(ViewsOpen):
    def answer(self, workspace: Workspace, /) -> Answer:
        check_view(self.view)
        user = workspace.tickets.use_trigger(self.trigger_id)
        return {"view": written.view(workspace.modals.push(user, self.view))}


class ViewsUpdate(SlackCall):
    """With the `hash` that the app last saw it changes nothing that changed since."""

    view: DecodedView
    view_id: str = ""
    external_id: str = ""
    hash: str = ""

    def answer(self, workspace: Workspace, /) -> Answer:
        check_view(self.view)
        return {"view": written.view(workspace.modals.update(self.view_id, self.external_id, self.hash, self.view))}
