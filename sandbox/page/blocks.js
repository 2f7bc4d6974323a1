const unescaped = text => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const EMOJI = { pushpin: "📌", white_check_mark: "✅", warning: "⚠️", rotating_light: "🚨", fire: "🔥", eyes: "👀", lock: "🔒", red_circle: "🔴",
  large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", hourglass_flowing_sand: "⏳", bell: "🔔", pager: "📟", mega: "📣",
  memo: "📝", link: "🔗", book: "📖", bust_in_silhouette: "👤", no_entry: "⛔", ballot_box_with_check: "☑️", white_large_square: "⬜", x: "❌" };
const emoji = name => span(EMOJI[name] ?? `:${name}:`);
const emojied = text => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);

function mention(sign, id) {
  const known = now.members.find(it => it.id === id) ?? now.user_groups.find(it => it.id === id) ?? now.channels.find(it => it.id === id);
  return span(sign + (known?.name ?? id), "mention");
}

function angled(inside) {
  const [what, label] = inside.split("|");
  const date = /^!date\^(\d+)\^([^^]+)(?:\^(.+))?$/.exec(what);
  if (date) return moment(Number(date[1]), unescaped(date[2]), date[3]);
  if (what.startsWith("@")) return mention("@", what.slice(1));
  if (what.startsWith("#")) return mention("#", what.slice(1));
  if (what.startsWith("!subteam^")) return mention("@", what.slice(9));
  if (what.startsWith("!")) return span("@" + what.slice(1), "mention");
  return link(unescaped(what), label && unescaped(label));
}

function markup(text) {
  return text.split(/(<[^<>]+>|\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|`[^`\n]+`)/).map(part => {
    if (/^<.+>$/.test(part)) return angled(part.slice(1, -1));
    if (/^`.+`$/.test(part)) return make("code", "", unescaped(part.slice(1, -1)));
    if (/^\*.+\*$/.test(part)) return make("strong", "", markup(part.slice(1, -1)));
    if (/^_.+_$/.test(part)) return make("em", "", markup(part.slice(1, -1)));
    if (/^~.+~$/.test(part)) return make("s", "", markup(part.slice(1, -1)));
    return span(emojied(unescaped(part)));
  });
}

const words = text => text.type === "mrkdwn" ? markup(text.text) : [span(text.emoji === false ? text.text : emojied(text.text))];

function styled(node, style) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
  return Object.entries(tags).reduce((inner, [name, tag]) => style?.[name] ? make(tag, "", inner) : inner, node);
}

function rich(element) {
  const parts = () => (element.elements ?? []).map(rich);
  switch (element.type) {
    case "text": return styled(span(element.text), element.style);
    case "link": return styled(link(element.url, element.text), element.style);
    case "user": return mention("@", element.user_id);
    case "usergroup": return mention("@", element.usergroup_id);
    case "broadcast": return span("@" + element.range, "mention");
    case "channel": return mention("#", element.channel_id);
    case "emoji": return emoji(element.name);
    case "date": return styled(moment(element.timestamp, element.format, element.url), element.style);
    case "rich_text_list": return make(element.style === "ordered" ? "ol" : "ul", "", (element.elements ?? []).map(item => make("li", "", rich(item))));
    case "rich_text_quote": return make("blockquote", "", parts());
    case "rich_text_preformatted": return make("pre", "", parts());
    case "rich_text_section": return make("div", "", parts());
    default: return span(`(${element.type})`, "faint");
  }
}

// `presses` is told of a press: in a message, or in a modal.
function block(it, presses) {
  const shown = drawn(it, presses);
  shown.classList.add("block");
  return shown;
}

function drawn(it, presses) {
  switch (it.type) {
    case "rich_text": return make("div", "text", it.elements.map(rich));
    case "header": return make("div", "", make("h4", "", words(it.text)));
    case "section": return section(it, presses);
    case "context": return make("div", "context", it.elements.map(each => each.text ? make("span", "text", words(each)) : span(each.alt_text ?? "")));
    case "actions": return make("div", "actions", it.elements.map(each => element(each, presses, it)));
    case "input": return inputField(it, presses);
    case "divider": return make("div", "", document.createElement("hr"));
    case "image": return make("div", "faint", `(image: ${it.alt_text})`);
    case "markdown": return make("div", "text", it.text);
    default: return make("div", "faint", `(${it.type})`);
  }
}

function section(it, presses) {
  const said = make("div", "", it.text ? make("div", "text", words(it.text)) : null,
    it.fields ? make("div", "fields", it.fields.map(field => make("div", "text", words(field)))) : null);
  return it.accessory ? make("div", "accessory", said, element(it.accessory, presses, it)) : said;
}

function element(it, presses, of) {
  if (it.type === "image") return span(it.alt_text, "faint");
  if (it.type !== "button") return control_of(it, of, value => confirmed(it, () => presses(it, value)));
  const node = button("", it.style ?? "", () => confirmed(it, () => presses(it, null)));
  node.replaceChildren(...words(it.text));
  node.dataset.action = it.action_id ?? "";
  return node;
}

function confirmed(it, does) {
  if (!it.confirm) return does();
  const dialog = document.getElementById("confirm");
  return new Promise(done => {
    const answer = (label, style, yes) => button(label, style, async () => { dialog.close(); done(yes ? await does() : undefined); });
    dialog.replaceChildren(make("h3", "", it.confirm.title.text), make("div", "body text", words(it.confirm.text)),
      make("footer", "", answer(it.confirm.deny.text, "", false), answer(it.confirm.confirm.text, it.confirm.style ?? "primary", true)));
    dialog.addEventListener("cancel", () => done(undefined), { once: true });
    dialog.showModal();
  });
}
