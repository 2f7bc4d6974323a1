// --- phones ---

const SAID = { triggered: "ringing", acknowledged: "acknowledged", resolved: "resolved" };

function ring(incident) {
  const log = make("details", "", make("summary", "faint", "Log, notes"),
    incident.log.map(entry => make("div", "row faint", span(`${entry.what} · ${entry.by}`), clock(entry.at))),
    incident.notes.map(note => make("div", "text", note.content)));
  log.id = incident.id;
  const press = (action, label) => button(label, "", () => control(`pagerduty/${incident.id}/${action}`, { by: yourName() }));
  return make("article", `pager ${incident.status}`,
    make("div", "row", span(SAID[incident.status], "state"), clock(incident.created_at)),
    make("h3", "text", incident.title),
    make("div", "faint", `to ${incident.service.routing_key} · ${incident.incident_key} · with ${incident.assignees.join(", ")}`),
    make("div", "buttons", incident.status === "triggered" ? press("acknowledge", "Acknowledge") : null,
      incident.status === "acknowledged" ? press("unacknowledge", "Take back") : null,
      incident.status !== "resolved" ? press("reassigned", "Hand on to Eve Example") : null,
      incident.status !== "resolved" ? press("resolve", "Resolve") : null), log);
}

function notification(it) {
  return make("article", "pager", make("div", "row", span("ntfy, priority " + it.priority, "state"), clock(it.time * 1000)),
    make("h3", "text", it.title), make("div", "text", linked(it.message)),
    make("div", "buttons", it.actions.map((action, number) => action.action === "http" ?
      button(action.label, "", () => control(`ntfy/${it.id}/${number}`)) : null)),
    make("div", "faint", `to ${it.topic}` + it.actions.filter(action => action.action === "view")
      .map(action => ` · ${action.label}`).join("")));
}

function taken(it) {
  const what = it.type === "page" ? "ringing" : it.type.replace("page.", "");
  return make("article", "pager", make("div", "row", span("webhook, " + what, "state"), clock(it.at)),
    make("h3", "text", it.data.title || it.data.ring), make("div", "text", it.data.text || ""),
    it.data.acknowledge ? make("div", "text", link(it.data.acknowledge)) : null, make("div", "faint", `to ${it.to}`));
}

function notice(it) {
  return make("article", "pager", make("div", "row", span("apprise", "state"), clock(it.at)),
    make("h3", "text", it.title), make("div", "text", linked(it.text)), make("div", "faint", `to ${it.to}`));
}

const OPSGENIE_SHADES = { open: "triggered", acknowledged: "acknowledged", closed: "resolved" };

function opsgenie(it) {
  const press = (action, label) => button(label, "", () => control(`opsgenie/${it.id}/${action}`));
  return make("article", `pager ${OPSGENIE_SHADES[it.status]}`, make("div", "row", span("Opsgenie, " + it.status, "state"), clock(it.at)),
    make("h3", "text", it.message), make("div", "text", linked(it.description)),
    make("div", "buttons", it.status === "open" ? press("acknowledge", "Acknowledge") : null,
      it.status !== "closed" ? press("close", "Close") : null),
    make("div", "faint", `to ${it.key}`));
}

function textMessage(it) {
  const said = make("input"), phone = it.direction === "inbound" ? it.sender : it.to;
  said.setAttribute("aria-label", `Reply of ${phone}`);
  said.id = it.sid;
  const reply = button("Reply", "", () => {
    const text = said.value;
    said.value = "";
    return control(`texts/${it.sid}/reply`, { text });
  });
  return make("article", "pager", make("div", "row", span(it.direction === "inbound" ? "sent from the phone" : "text message, " + it.status, "state"), clock(it.at)),
    make("div", "text", linked(it.body)), it.direction === "outbound-api" ? make("div", "buttons", said, reply) : null,
    make("div", "faint", phone));
}

const CALL_SHADES = { ringing: "triggered", "in-progress": "acknowledged", completed: "resolved" };

function call(it) {
  const open = it.status === "ringing" || it.status === "in-progress";
  const keys = open ? [..."1234567890"].map(digit => button(digit, "", () => control(`calls/${it.sid}/${digit}`))) : null;
  const decline = it.status === "ringing" ? button("Decline", "", () => control(`calls/${it.sid}/becomes/busy`)) : null;
  return make("article", `pager ${CALL_SHADES[it.status] || ""}`, make("div", "row", span("call, " + it.status, "state"), clock(it.at)),
    make("div", "text", it.said), it.heard.map(words => make("div", "text", words)), make("div", "buttons", keys, decline), make("div", "faint", it.to));
}

function phones() {
  const rung = [...now.calls.map(it => [Date.parse(it.at), call(it)]),
    ...now.text_messages.map(it => [Date.parse(it.at), textMessage(it)]),
    ...now.opsgenie_alerts.map(it => [Date.parse(it.at), opsgenie(it)]),
    ...now.notices.map(it => [Date.parse(it.at), notice(it)]),
    ...now.webhooks_taken.map(it => [Date.parse(it.at), taken(it)]),
    ...now.notifications.map(it => [it.time * 1000, notification(it)]),
    ...now.pagerduty_incidents.map(it => [Date.parse(it.created_at), ring(it)])];
  return rung.length ? rung.sort((a, b) => b[0] - a[0]).map(([, node]) => node) : [make("p", "faint", "No phone has rung.")];
}

// --- status page ---

function publicIncident(incident) {
  return make("article", "", make("h3", "", incident.name), incident.incident_updates.map(update =>
    make("div", "update", span(update.status, "status"), span(update.body ? " – " + update.body : "", "text"),
      make("div", "", clock(update.created_at)))));
}

function statusPage() {
  const open = now.statuspage_incidents.filter(incident => incident.status !== "resolved").reverse();
  const past = now.statuspage_incidents.filter(incident => incident.status === "resolved").reverse();
  return [
    make("div", open.length ? "banner troubled" : "banner", open.length ? "We are having trouble" : "All systems operational"),
    ...open.map(publicIncident),
    past.length ? make("h2", "", "Past incidents") : make("p", "faint", "No past incidents."),
    ...past.map(publicIncident)];
}

// --- mails and tickets ---

function mails() {
  if (!now.mails.length) return [make("p", "faint", "No mail.")];
  return [...now.mails].reverse().map(mail => make("article", "",
    make("div", "row", make("strong", "", mail.to), clock(mail.at)),
    make("h3", "", mail.subject), make("div", "text", linked(mail.text)),
    make("div", "faint", `from ${mail.sender}, to ${mail.recipients.join(", ")}`)));
}

function tickets() {
  if (!now.tickets.length) return [make("p", "faint", "No ticket.")];
  return [...now.tickets].reverse().map(ticket => make("article", "",
    make("div", "row", make("strong", "", ticket.key), span(ticket.status, "status")),
    make("h3", "", ticket.summary), make("div", "text", ticket.text),
    ticket.comments.map(comment => make("div", "update text", comment.text, clock(comment.created)))));
}
