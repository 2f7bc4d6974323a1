// Counts down, and brings the page up to date when the gateway says that something has changed. Without it everything
// works, too: pages are loaded by hand then.
"use strict";

const main = document.getElementById("main");
const news = document.getElementById("news");
const pad = (number) => String(number).padStart(2, "0");

const WRONG_CLOCK_MS = 20000;  // less is the time that a page takes to come
const SILENT_MS = 45000;  // three times as long as the gateway is ever silent
let skew = 0;
let heardAt = null;

// By the gateway's clock, where this machine's is wrong.
const present = () => Date.now() + skew;

function readClock(page) {
  const said = Date.parse(page.querySelector("main")?.dataset.now) - Date.now();
  skew = Math.abs(said) > WRONG_CLOCK_MS ? said : 0;
}

function span(seconds) {
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${pad(Math.floor(seconds % 60))}`;
  const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const parts = days ? [[days, "d"], [hours, "h"]] : [[hours, "h"], [minutes, "m"]];
  return parts.filter(([count]) => count).map(([count, unit]) => count + unit).join(" ");
}

function tick() {
  for (const each of document.querySelectorAll("[data-countdown]")) {
    const left = (Date.parse(each.dateTime) - present()) / 1000;
    each.textContent = left >= 0 ? span(left) : `${span(-left)} late`;
    each.classList.toggle("late", left < 0);
    each.classList.toggle("soon", left >= 0 && left < 60);
  }
  for (const each of document.querySelectorAll("[data-since]")) {
    each.textContent = `T+${span(Math.max((present() - Date.parse(each.dateTime)) / 1000, 0))}`;
  }
  if (heardAt !== null && Date.now() - heardAt > SILENT_MS) stale("no word from the gateway: what you see may be old");
}

function stale(why) {
  document.documentElement.classList.add("stale");
  if (news.textContent !== why) news.textContent = why;
}

function fresh() {
  document.documentElement.classList.remove("stale");
  news.textContent = `brought up to date ${new Date(present()).toLocaleTimeString()}`;
}

// Whatever somebody is about to write or has opened stays as it is.
const inUse = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");

// Where it stands in the page that has it: before the next one that is there.
function insert(part, following) {
  const next = following.map((each) => document.getElementById(each.id)).find(Boolean);
  if (next) next.before(part);
  else main.append(part);
}

async function refresh() {
  const answer = await fetch(main.dataset.self, { headers: { Accept: "text/html" }, redirect: "error" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("main[data-self]")) throw new Error(`answered ${answer.status}`);
  readClock(page);
  const parts = [...page.querySelectorAll("[data-live]")], there = new Set(parts.map((part) => part.id));
  for (const [place, part] of parts.entries()) {
    const old = document.getElementById(part.id);
    if (old && !inUse(old)) old.replaceWith(document.adoptNode(part));
    else if (!old) insert(document.adoptNode(part), parts.slice(place + 1));
  }
  for (const old of main.querySelectorAll("[data-live]")) {
    if (!there.has(old.id) && !inUse(old)) old.remove();
  }
  document.title = page.title;
  tick();
}

async function bringUpToDate() {
  try {
    await refresh();
    fresh();
  } catch {
    stale("could not be brought up to date: what you see may be old");
  }
}

function watch(address) {
  let seen = main.dataset.version, queued = false;  // what changed while the page was on its way is seen, too
  const source = new EventSource(address);
  source.addEventListener("version", async (event) => {
    heardAt = Date.now();
    if (event.data === seen || queued) return;
    seen = event.data;
    queued = true;
    await new Promise((done) => setTimeout(done, 200 + Math.random() * 600));  // a hundred watchers, not all at once
    queued = false;
    await bringUpToDate();
  });
  source.addEventListener("still", () => { heardAt = Date.now(); });
  source.addEventListener("crowded", () => { source.close(); heardAt = null; stale("too many watch: load the page yourself"); });
  source.onerror = () => { seen = ""; stale("no connection: what you see may be old"); };
}

readClock(document);
if (main && main.dataset.events) watch(main.dataset.events);
setInterval(tick, 1000);
tick();
