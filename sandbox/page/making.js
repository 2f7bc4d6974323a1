// Whatever a vendor was sent is data: it enters the page as textContent, here and nowhere else.
function make(tag, className, ...content) {
  const node = document.createElement(tag);
  node.className = className;
  for (const part of content.flat()) {
    if (part instanceof Node) node.append(part);
    else if (part !== null && part !== undefined && part !== false) node.append(span(part));
  }
  return node;
}

function span(text, className = "") {
  const node = document.createElement("span");
  node.className = className;
  node.textContent = text;
  return node;
}

function clock(when) {
  const node = make("time", "clock", new Date(when).toLocaleTimeString());
  node.title = new Date(when).toISOString();
  return node;
}

function button(label, className, does) {
  const node = make("button", className, label);
  node.type = "button";
  node.addEventListener("click", async () => {
    node.disabled = true;
    try { await does(node); } finally { node.disabled = false; }
  });
  return node;
}

// Only to where a browser would go anyway, and never with this page's address.
function link(address, text) {
  const node = make("a", "link", text ?? address);
  if (/^(https?|mailto):/.test(address)) { node.href = address; node.target = "_blank"; node.rel = "noreferrer noopener"; }
  node.title = address;
  return node;
}

// A text in which each address can be followed.
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, position) => position % 2 ? link(part) : part);
}

let toasted;

function toast(words) {
  document.getElementById("toast").textContent = words;
  clearTimeout(toasted);
  toasted = setTimeout(() => { document.getElementById("toast").textContent = ""; }, 6000);
}

// What the sandbox's own control is asked to do; why it cannot is shown.
async function control(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`/control/${path}`, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
  const told = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) toast(typeof told?.detail === "string" ? told.detail : `not possible (${answer.status})`);
  await look();
  return answer.ok ? told : undefined;
}
