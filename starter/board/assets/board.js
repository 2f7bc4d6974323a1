// Counts down, and brings the page up to date when the gateway says that something has changed. Without it everything
// works, too: pages are loaded by hand then.
"use strict";

const main = document.getElementById("main");
const news = document.getElementById("news");
const pad = (number) => String(number).padStart(2, "0");

function span(seconds) {
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${pad(Math.floor(seconds % 60))}`;
  const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const parts = days ? [[days, "d"], [hours, "h"]] : [[hours, "h"], [minutes, "m"]];
  return parts.filter(([count]) => count).map(([count, unit]) => count + unit).join(" ");
}

function tick() {
  for (const each of document.querySelectorAll("[data-countdown]")) {
    const left = (Date.parse(each.dateTime) - Date.now()) / 1000;
    each.textContent = left >= 0 ? span(left) : `${span(-left)} late`;
    each.classList.toggle("late", left < 0);
  }
  for (const each of document.querySelectorAll("[data-since]")) {
    each.textContent = `T+${span(Math.max((Date.now() - Date.parse(each.dateTime)) / 1000, 0))}`;
  }
}

// Whatever somebody is about to write or has opened stays as it is.
const inUse = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");

async function refresh() {
  const answer = await fetch(main.dataset.self, { headers: { Accept: "text/html" }, redirect: "error" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("main[data-self]")) return;
  const parts = [...page.querySelectorAll("[data-live]")], there = new Set(parts.map((part) => part.id));
  for (const part of parts) {
    const old = document.getElementById(part.id);
    if (old && !inUse(old)) old.replaceWith(document.adoptNode(part));
    else if (!old) main.append(document.adoptNode(part));
  }
  for (const old of main.querySelectorAll("[data-live]")) {
    if (!there.has(old.id) && !inUse(old)) old.remove();
  }
  document.title = page.title;
  tick();
}

function watch(address) {
  let seen = "", queued = false;
  const source = new EventSource(address);
  source.addEventListener("version", async (event) => {
    const first = seen === "";
    seen = event.data;
    if (first || queued) return;
    queued = true;
    await new Promise((done) => setTimeout(done, 200 + Math.random() * 600));  // a hundred watchers, not all at once
    queued = false;
    try {
      await refresh();
      news.textContent = `brought up to date ${new Date().toLocaleTimeString()}`;
    } catch {
      news.textContent = "could not be brought up to date: load the page again";
    }
  });
  source.addEventListener("crowded", () => { source.close(); news.textContent = "too many watch: load the page yourself"; });
  source.onerror = () => { news.textContent = "no connection: what you see may be old"; seen = seen && "again"; };
}

if (main && main.dataset.events) watch(main.dataset.events);
setInterval(tick, 1000);
tick();
