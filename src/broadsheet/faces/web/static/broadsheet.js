// What makes the pages quicker; they are complete without it.
"use strict";

// A page that is about to be opened is fetched while the pointer is still on its way.
const fetched = new Set();
function prefetch(event) {
  const link = event.target.closest && event.target.closest("a[href^='/papers']");
  if (!link || fetched.has(link.href) || fetched.size >= 20) return;
  fetched.add(link.href);
  const hint = document.createElement("link");
  hint.rel = "prefetch";
  hint.href = link.href;
  document.head.append(hint);
}
document.addEventListener("pointerover", prefetch, { passive: true });
document.addEventListener("focusin", prefetch);

// "/" goes to the search field, unless something is being typed.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.getElementById("q").select();
});

// While somebody types, titles that begin so; the newest answer counts.
const field = document.getElementById("q");
const titles = document.createElement("datalist");
titles.id = "titles";
field.after(titles);
field.setAttribute("list", titles.id);
let typing = 0;
field.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const typed = field.value;
    const answer = await fetch(`/suggest?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (!answer || !answer.ok || field.value !== typed) return;
    const [, found] = await answer.json();
    titles.replaceChildren(...found.map((title) => new Option(title, title)));
  }, 150);
});

// What is often copied gets a button for it.
for (const block of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = "Copied";
  });
  button.setAttribute("aria-live", "polite");
  const both = document.createElement("div");
  both.className = "copied";
  block.replaceWith(both);
  both.append(block, button);
}

// A vote is counted where it is given; whatever does not go well is left to the form itself.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-vote]");
  if (!form) return;
  event.preventDefault();
  const asked = {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
  };
  const answer = await fetch(form.action, asked).catch(() => null);
  if (!answer || !answer.ok) return form.submit();
  const { votes, mine, held } = await answer.json();
  if (held) return location.reload();
  form.querySelector("[data-votes]").textContent = votes.toLocaleString("en");
  form.querySelector("button").setAttribute("aria-pressed", mine);
  form.elements.vote.value = mine ? "withdraw" : "cast";
});

// Who subscribes is asked for their zone, and most are in that of their clock.
const zone = document.querySelector("[data-zone]");
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
