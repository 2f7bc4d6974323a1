let chosen = decodeURIComponent(location.hash.slice(1));
const seen = new Map();  // channel id -> ts of the last message that was looked at

const you = () => document.getElementById("you").value;
const everything = channel => [...channel.messages.flatMap(it => [it, ...it.replies]), ...channel.ephemerals.filter(it => it.user === you())];
const lastIn = channel => everything(channel).reduce((last, it) => it.ts > last ? it.ts : last, "");
const current = () => now.channels.find(it => it.name === chosen) ?? newest();

function newest() {
  return [...now.channels].sort((a, b) => lastIn(a) === lastIn(b) ? 0 : lastIn(a) < lastIn(b) ? 1 : -1)[0];
}

function choose(channel) {
  chosen = channel.name;
  history.replaceState(null, "", "#" + encodeURIComponent(chosen));
  show(now);
  document.getElementById("messages").scrollTop = document.getElementById("messages").scrollHeight;
}

function channelList() {
  const open = current();
  if (open) seen.set(open.id, lastIn(open));
  return now.channels.map(channel => {
    const unseen = everything(channel).filter(it => it.ts > (seen.get(channel.id) ?? "")).length;
    const sign = channel.direct ? "● " : channel.private ? "🔒 " : "# ";
    const node = button("", unseen ? "new" : "", () => choose(channel));
    node.replaceChildren(span(sign + channel.name), ...(unseen ? [span(unseen, "count")] : []));
    node.title = channel.name;
    if (channel === open) node.setAttribute("aria-current", "true");
    return node;
  });
}

// Whom a mention of a group reaches.
function userGroups() {
  return now.user_groups.map(it => {
    const names = it.users.map(id => now.members.find(member => member.id === id)?.name ?? id);
    return make("div", "group", `@${it.handle}: ${it.enabled && names.length ? names.join(", ") : "nobody"}`);
  });
}

function hue(text) { return [...text].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) % 360, 7); }

function face(name, isBot) {
  const node = make("div", "face", name.split(/\s+/).map(part => part[0]).join("").slice(0, 2).toUpperCase());
  node.style.background = isBot ? "#7a3e1d" : `hsl(${hue(name)} 38% 36%)`;
  node.setAttribute("aria-hidden", "true");
  return node;
}

function pressing(channel, it) {
  return async (what, value) => {
    const told = await control("slack/press", { by: you(), channel: channel.id, ts: it.ts, action_id: what.action_id, value });
    if (told?.delivery.problem) toast(`The app did not take it: ${told.delivery.problem}`);
  };
}

function reactions(channel, it) {
  const shown = Object.entries(it.reactions ?? {}).filter(([, users]) => users.length);
  return shown.length ? make("div", "reactions", shown.map(([name, users]) => {
    const node = button("", "", () => control("slack/react", { by: you(), channel: channel.id, ts: it.ts, name, on: !users.includes(you()) }));
    node.replaceChildren(emoji(name), span(" " + users.length));
    return node;
  })) : null;
}

function thread(channel, it) {
  if (!it.replies?.length) return null;
  const count = it.replies.length === 1 ? "1 reply" : `${it.replies.length} replies`;
  const node = make("details", "thread", make("summary", "", count), it.replies.map(reply => message(channel, reply)));
  node.id = "thread-" + it.ts;
  node.open = it.replies.length < 4;
  return node;
}

function tools(channel, it) {
  const pinned = (it.reactions?.pushpin ?? []).includes(you());
  const pin = button("📌", "", () => control("slack/react", { by: you(), channel: channel.id, ts: it.ts, name: "pushpin", on: !pinned }));
  pin.title = "React with :pushpin:";
  const shortcuts = now.slack_shortcuts.map(each => button(each.name, "", () =>
    control("slack/message-shortcut", { by: you(), channel: channel.id, ts: it.ts, callback_id: each.callback_id })));
  return make("div", "tools", pin, shortcuts);
}

function message(channel, it) {
  const onlyYou = it.replies === undefined;
  const author = it.by_slack ? { name: "Slackbot", is_bot: true } : now.members.find(each => each.id === (onlyYou ? "U0TOCSIN" : it.user)) ?? { name: it.user };
  const remark = onlyYou ? "Only visible to you" : channel.pins.includes(it.ts) ? "📌 Pinned" : it.broadcast ? "also sent to the channel" : null;
  const node = make("div", "message" + (onlyYou ? " only-you" : channel.pins.includes(it.ts) ? " pinned" : ""),
    remark ? make("div", "remark", remark) : null, face(author.name, author.is_bot),
    make("div", "", make("div", "who", make("strong", "", author.name), author.is_bot ? span("APP", "app") : null, clock(it.ts * 1000), it.edited ? span("(edited)", "faint") : null),
      it.blocks.length ? it.blocks.map(each => block(each, pressing(channel, it))) : make("div", "text" + (it.by_slack ? " slackbot" : ""), markup(it.text)),
      reactions(channel, it), thread(channel, it)),
    onlyYou ? null : tools(channel, it));
  node.dataset.ts = it.ts;
  return node;
}

function topic(channel) {
  const names = channel.members.map(id => now.members.find(each => each.id === id)?.name ?? id);
  const people = make("details", "", make("summary", "faint", `${names.length} ${names.length === 1 ? "member" : "members"}`), make("div", "faint", names.join(", ")));
  people.id = "members";
  return [make("h3", "", (channel.direct ? "" : channel.private ? "🔒 " : "# ") + channel.name),
    channel.topic ? make("div", "faint text", unescaped(channel.topic)) : null, people].filter(Boolean);
}

function drawSlack() {
  const channel = current();
  document.getElementById("channels").replaceChildren(...channelList(), ...userGroups());
  if (!channel) return;
  const box = document.getElementById("messages");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  const mine = [...channel.messages, ...channel.ephemerals.filter(it => it.user === you())].sort((a, b) => a.ts < b.ts ? -1 : 1);
  box.replaceChildren(...(mine.length ? mine.map(it => message(channel, it)) : [make("p", "faint message", span(""), "Nothing here yet.")]));
  document.getElementById("topic").replaceChildren(...topic(channel));
  document.getElementById("words").placeholder = channel.direct ? `Message ${channel.name}` : `Message #${channel.name}, or /incident ...`;
  if (atEnd) box.scrollTop = box.scrollHeight;
}

document.getElementById("composer").addEventListener("submit", async event => {
  event.preventDefault();
  const input = document.getElementById("words"), said = input.value.trim(), channel = current();
  if (!said || !channel) return;
  input.value = "";
  const [, command, text] = /^(\/\S+)\s*(.*)$/s.exec(said) ?? [];
  if (command) await control("slack/command", { by: you(), channel: channel.id, command, text });
  else await control("slack/say", { by: you(), channel: channel.id, text: said });
  document.getElementById("messages").scrollTop = document.getElementById("messages").scrollHeight;
});
