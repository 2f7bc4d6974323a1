// Controls of Block Kit, and what somebody has put into them: by block and action, as the sandbox wants it.
function optionsOf(it) {
  return it.options ?? (it.option_groups ?? []).flatMap(group => group.options);
}

function choiceNode(value, label, chosen) {
  const node = make("option", "", label);
  node.value = value;
  node.selected = chosen;
  return node;
}

function selectOf(it, choices, initial, several) {
  const node = make("select", "");
  node.multiple = several;
  if (!several) node.append(choiceNode("", it.placeholder?.text ?? "Choose ...", initial.length === 0));
  for (const [value, label] of choices) node.append(choiceNode(value, label, initial.includes(value)));
  return node;
}

function boxesOf(it, of) {
  const initial = (it.initial_options ?? [it.initial_option]).filter(Boolean).map(each => each.value);
  return make("div", "", it.options.map(option => {
    const box = document.createElement("input");
    box.type = it.type === "checkboxes" ? "checkbox" : "radio";
    box.name = `${of.block_id}/${it.action_id}`;
    box.value = option.value;
    box.checked = initial.includes(option.value);
    return make("label", "choice", box, " ", words(option.text), option.description ? make("span", "faint", " ", words(option.description)) : null);
  }));
}

function typedOf(it) {
  const node = document.createElement(it.multiline ? "textarea" : "input");
  const kinds = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local", number_input: "number", email_text_input: "email", url_text_input: "url" };
  if (!it.multiline) node.type = kinds[it.type] ?? "text";
  node.value = it.initial_value ?? it.initial_date ?? it.initial_time ?? (it.initial_date_time ? new Date(it.initial_date_time * 1000).toISOString().slice(0, 16) : "");
  node.placeholder = it.placeholder?.text ?? "";
  if (it.max_length) node.maxLength = it.max_length;
  return node;
}

function people() { return now.members.filter(each => !each.is_bot && !each.deactivated).map(each => [each.id, each.name]); }

function bare(it, of) {
  const several = it.type.startsWith("multi_");
  const chosen = (it.initial_options ?? [it.initial_option]).filter(Boolean).map(each => each.value);
  if (it.type.endsWith("static_select") || it.type === "overflow") return selectOf(it, optionsOf(it).map(each => [each.value, each.text.text]), chosen, several);
  if (it.type.endsWith("users_select")) return selectOf(it, people(), [it.initial_user ?? it.initial_users ?? []].flat(), several);
  if (it.type.endsWith("s_select")) return selectOf(it, now.channels.map(each => [each.id, each.name]), [it.initial_conversation ?? it.initial_channel ?? []].flat(), false);
  return ["checkboxes", "radio_buttons"].includes(it.type) ? boxesOf(it, of) : typedOf(it);
}

function control_of(it, of, changes) {
  const node = bare(it, of);
  node.dataset.input = `${of.block_id}/${it.action_id}`;
  node.dataset.kind = it.type;
  if (changes) node.addEventListener("change", () => changes(valueOf(node)));
  return node;
}

function inputField(it, presses) {
  const modal = now.modals.filter(each => each.user === you()).at(-1);
  const wrong = modal?.errors[it.block_id];
  const changes = it.dispatch_action ? value => presses(it.element, value) : null;
  return make("label", "field", make("strong", "", it.label.text, it.optional ? make("span", "faint", " (optional)") : null),
    control_of(it.element, it, changes), wrong ? make("div", "wrong", wrong) : null, it.hint ? make("div", "hint", words(it.hint)) : null);
}

function valueOf(node) {
  const kind = node.dataset.kind;
  if (kind === "checkboxes") return [...node.querySelectorAll(":checked")].map(each => each.value);
  if (kind === "radio_buttons") return node.querySelector(":checked")?.value ?? null;
  if (node.multiple) return [...node.selectedOptions].map(each => each.value);
  if (kind === "datetimepicker") return node.value ? Math.round(new Date(node.value + "Z").getTime() / 1000) : null;
  return node.value || null;
}

function inputsIn(root) {
  return Object.fromEntries([...root.querySelectorAll("[data-input]")].filter(node => node.dataset.kind !== "overflow").map(node => [node.dataset.input, valueOf(node)]));
}
