let drawnModal = "";

function drawModal() {
  const dialog = document.getElementById("modal");
  const it = now.modals.filter(each => each.user === you()).at(-1);
  const mark = it ? it.id + it.hash + JSON.stringify(it.errors) : "";
  if (mark === drawnModal) return;
  const kept = it && drawnModal.startsWith(it.id + it.hash) ? inputsIn(dialog) : {};
  drawnModal = mark;
  if (!it) { dialog.close(); return; }
  dialog.replaceChildren(modalForm(it));
  refill(dialog, kept);
  if (!dialog.open) dialog.showModal();
}

function modalForm(it) {
  const form = make("form", "", make("h3", "", it.shape.title.text),
    make("div", "body", it.errors[""] ? make("div", "wrong", it.errors[""]) : null, it.shape.blocks.map(each => block(each, pressInModal))),
    make("footer", "", button(it.shape.close?.text ?? "Cancel", "", closeModal), it.shape.submit ? submitting(it.shape.submit.text) : null));
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const send = form.querySelector("button[type=submit]");
    send.disabled = true;
    await control("slack/submit", { by: you(), inputs: inputsIn(form) });
    send.disabled = false;
  });
  return form;
}

function submitting(label) {
  const node = make("button", "primary", label);
  node.type = "submit";
  return node;
}

const closeModal = () => control("slack/close", { by: you() });
const pressInModal = (what, value) =>
  control("slack/press-in-modal", { by: you(), action_id: what.action_id, value, inputs: inputsIn(document.getElementById("modal")) });

// What somebody has typed stays when only the errors are new.
function refill(dialog, kept) {
  for (const node of dialog.querySelectorAll("[data-input]")) {
    const value = kept[node.dataset.input];
    if (value && "value" in node && typeof value === "string" && node.dataset.kind !== "datetimepicker") node.value = value;
  }
}

document.getElementById("modal").addEventListener("cancel", event => { event.preventDefault(); closeModal(); });
