// The log of a talk while it is written: kept on the server every few seconds, and on the
// device for as long as the server has not answered. Without this file nothing is kept
// before Save.
(function () {
  "use strict";

  const form = document.getElementById("log");
  if (!form || !form.dataset.draft) return;
  const EVERY_MS = 5000;
  const KEY = form.dataset.store;
  const line = form.querySelector("[data-draft-line]");
  const discard = form.querySelector("[name=discard]");
  let isDirty = false;
  let isSending = false;

  const fields = () => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const keyOf = (said) => (said.find(([name]) => name === "key") || [])[1];

  function say(words) {
    line.textContent = words;
    discard.hidden = false;
  }

  // --- On the device -----------------------------------------------------------------

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  }

  const forget = () => localStorage.removeItem(KEY);

  function fillIn(said) {
    for (const control of form.elements) {
      if (!control.name || control.name === "csrfmiddlewaretoken" || control.type === "submit") continue;
      const texts = said.filter(([name]) => name === control.name).map(([, text]) => text);
      if (control.type === "radio" || control.type === "checkbox") control.checked = texts.includes(control.value);
      else if (texts.length) control.value = texts[0];
    }
    form.querySelectorAll("details").forEach((part) => {
      if ([...part.querySelectorAll("textarea")].some((text) => text.value)) part.open = true;
    });
  }

  // What was logged has arrived; what the page itself brings back is newer than the copy.
  function restore() {
    const said = kept();
    if (!said) return;
    if ("sentBack" in form.dataset || keyOf(said) === form.dataset.logged) { forget(); return; }
    fillIn(said);
    say(form.dataset.restored);
    isDirty = true;
  }

  // --- On the server -----------------------------------------------------------------

  async function save() {
    if (!isDirty || isSending || form.dataset.sent) return;
    isSending = true;
    isDirty = false;
    try {
      const headers = JSON.parse(document.body.getAttribute("hx-headers"));
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(fields()), headers, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      say(await answer.text());
      if (!isDirty) forget();
    } catch {
      isDirty = true;
      say(form.dataset.kept);
    } finally {
      isSending = false;
    }
  }

  function note() {
    isDirty = true;
    localStorage.setItem(KEY, JSON.stringify(fields()));
  }

  form.addEventListener("input", note);
  form.addEventListener("change", note);
  // A page that does not come leaves the copy; it goes when the server says it was logged.
  form.addEventListener("submit", () => localStorage.setItem(KEY, JSON.stringify(fields())));
  document.getElementById("discard").addEventListener("submit", forget);
  window.addEventListener("online", save);
  setInterval(save, EVERY_MS);
  restore();
})();
