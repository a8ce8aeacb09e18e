// Poor signal on My tasks: a tap is kept on the device until the server has answered it.
// Its version makes it one act, however often it is sent; docs/decisions/0019 tells more.
(function () {
  "use strict";

  const week = document.getElementById("week");
  if (!week || !window.htmx) return;
  const KEY = "taps-" + week.dataset.person;
  const AGAIN_MS = 20000;

  // --- What is kept ------------------------------------------------------------------

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || [];
    } catch {
      return [];
    }
  }

  function keep(taps) {
    if (taps.length) localStorage.setItem(KEY, JSON.stringify(taps));
    else localStorage.removeItem(KEY);
  }

  // The last tap on a task counts: it knew the same version as those before it.
  const add = (tap) => keep([...kept().filter((one) => one.row !== tap.row), tap]);
  const drop = (tap) => keep(kept().filter((one) => one.row !== tap.row || one.at !== tap.at));

  // --- What its row says -------------------------------------------------------------

  function say(tap, words, canRetry) {
    const row = document.getElementById(tap.row);
    const line = row && row.querySelector(".tap");
    if (!line) return;
    row.classList.add("kept");
    row.classList.toggle("done", tap.url.endsWith("/complete/") && words !== week.dataset.refused);
    line.hidden = false;
    line.textContent = words;
    if (!canRetry) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = week.dataset.retry;
    button.addEventListener("click", () => send(tap));
    line.append(" ", button);
  }

  function wait(tap) {
    say(tap, week.dataset.waiting, true);
    document.getElementById("alert").textContent = "";
    document.getElementById("status").textContent = week.dataset.kept;
  }

  // --- Sending -----------------------------------------------------------------------

  const sending = new Set();

  // A fetch, as the row may be on no page any more; the row is swapped as htmx would.
  async function send(tap) {
    if (sending.has(tap.row)) return;
    sending.add(tap.row);
    say(tap, week.dataset.saving, false);
    try {
      take(tap, await post(tap));
    } catch {
      wait(tap);
    } finally {
      sending.delete(tap.row);
    }
  }

  async function post(tap) {
    const token = JSON.parse(document.body.getAttribute("hx-headers"));
    const headers = { "HX-Request": "true", "HX-Current-URL": location.href, ...token };
    const answer = await fetch(tap.url, { method: "POST", body: new URLSearchParams(tap.fields), headers });
    return { status: answer.status, away: answer.headers.get("HX-Redirect"), html: await answer.text() };
  }

  function take(tap, answer) {
    // Signed out meanwhile: the tap stays until the same person is back.
    if (answer.away) { location.assign(answer.away); return; }
    if (answer.status >= 500 || answer.status === 429) { wait(tap); return; }
    drop(tap);
    if (answer.status !== 200) { say(tap, week.dataset.refused, false); return; }
    const row = document.getElementById(tap.row);
    if (row) window.htmx.swap(row, answer.html, { swapStyle: "outerHTML" });
  }

  const sendAll = () => kept().forEach((tap) => (navigator.onLine ? send(tap) : wait(tap)));

  // --- Taps --------------------------------------------------------------------------

  // htmx sends it; the copy is there before that, so a reload in between loses nothing.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("form[data-tap]")) return;
    const { path, formData } = event.detail.requestConfig;
    const tap = { row: form.closest(".task").id, url: path, fields: Object.fromEntries(formData), at: Date.now() };
    delete tap.fields.csrfmiddlewaretoken;
    add(tap);
    event.preventDefault();
    send(tap);
  });

  window.addEventListener("online", sendAll);
  setInterval(sendAll, AGAIN_MS);
  sendAll();

  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(week.dataset.worker).then(async () => {
      // What the page is drawn with was fetched before the worker was there.
      await navigator.serviceWorker.ready;
      const store = await caches.open("my-tasks");
      if (!(await store.match("/tasks/")) && navigator.onLine) {
        const parts = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")];
        await store.addAll(["/tasks/", ...parts.map((part) => part.src || part.href)]);
      }
    }).catch(() => {});
  }
})();
