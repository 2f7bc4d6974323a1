// Slack shows a moment as each reader's own clock has it, and goes on counting: nobody edits the message for that.
// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" }, date_slash: { year: "numeric", month: "2-digit", day: "2-digit" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" }, date_full: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date: { year: "numeric", month: "long", day: "numeric" }, date_short: { year: "numeric", month: "short", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit" }, time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};
const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const spoken = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function ago(at) {
  const seconds = Math.round((at - Date.now()) / 1000);
  const [unit, size] = STEPS.find(([, each]) => Math.abs(seconds) >= each) ?? STEPS[3];
  return spoken.format(Math.trunc(seconds / size), unit);
}

function dated(format, at) {
  return format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === "ago") return ago(at);
    const pretty = name.endsWith("_pretty");
    if (pretty && new Date(at).toDateString() === new Date().toDateString()) return "today";
    const known = FORMATS[name.replace("_pretty", "")];
    return known ? new Date(at).toLocaleString([], known) : whole;
  });
}

function moment(timestamp, format, address) {
  const node = make("time", "moment", dated(format, timestamp * 1000));
  Object.assign(node.dataset, { at: timestamp * 1000, format });
  node.title = new Date(timestamp * 1000).toISOString();
  return address ? make("span", "", node) : node;
}

setInterval(() => {
  for (const node of document.querySelectorAll("time.moment")) {
    const now = dated(node.dataset.format, Number(node.dataset.at));
    if (node.textContent !== now) node.textContent = now;
  }
}, 1000);
