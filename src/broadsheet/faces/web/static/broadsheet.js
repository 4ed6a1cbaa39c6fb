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
  block.before(button);
}
