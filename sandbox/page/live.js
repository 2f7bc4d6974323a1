let now = { channels: [], members: [], user_groups: [], modals: [], slack_shortcuts: [] };
const yourName = () => now.members.find(it => it.id === you())?.name ?? "Somebody";
const fault = it => [it.vendor, it.method, it.drop ? "replies lost" : it.error ?? it.status ?? `slow by ${it.delay_s} s`].filter(Boolean).join(" ");

function drawPeople() {
  const select = document.getElementById("you"), before = select.value || sessionStorage.getItem("you");
  const listed = people();
  if (select.options.length === listed.length) return;
  select.replaceChildren(...listed.map(([id, name]) => choiceNode(id, name, id === before)));
}

// What somebody unfolded or folded stays so, and what they are typing on a phone stays there.
function remembering(draw) {
  const typed = new Map([...document.querySelectorAll("#pager input[id]")].map(node => [node.id, node.value]));
  const typing = document.activeElement?.id;
  const folds = new Map([...document.querySelectorAll("details[id]")].map(node => [node.id, node.open]));
  draw();
  for (const node of document.querySelectorAll("details[id]")) if (folds.has(node.id)) node.open = folds.get(node.id);
  for (const node of document.querySelectorAll("#pager input[id]")) {
    if (typed.has(node.id)) node.value = typed.get(node.id);
    if (node.id === typing) node.focus();
  }
}

function show(state) {
  now = state;
  drawPeople();
  remembering(() => {
    drawSlack();
    document.getElementById("pager").replaceChildren(...phones());
    document.getElementById("status").replaceChildren(...statusPage());
    document.getElementById("mails").replaceChildren(...mails());
    document.getElementById("tickets").replaceChildren(...tickets());
  });
  drawModal();
  document.getElementById("faults").textContent = state.faults.length ? "Outage: " + state.faults.map(fault).join("; ") : "";
}

let shown = "";

// What is pressed stays where it is until it is let go: a press has two halves, and both are for the same button.
let held = false;
addEventListener("pointerdown", event => { held = event.target.closest("button") !== null; });
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => { held = false; });

async function look() {
  const live = document.getElementById("live");
  try {
    const answer = await (await fetch("/control/state")).text();
    live.textContent = "live";
    live.className = "faint";
    // Only a change is drawn, so that what somebody is reading or pressing stays where it is.
    if (answer !== shown && !held) { shown = answer; show(JSON.parse(answer)); }
  } catch (error) {
    live.textContent = "not connected: " + error.message;
    live.className = "faint lost";
  }
}

document.getElementById("you").addEventListener("change", event => { sessionStorage.setItem("you", event.target.value); show(now); });
for (const [id, label] of [["slack", "Slack"], ["phones", "Phones"], ["outside", "Public, mails"]])
  document.getElementById("jump").append(button(label, "", () => document.getElementById(id).scrollIntoView()));

look();
setInterval(look, 1000);
