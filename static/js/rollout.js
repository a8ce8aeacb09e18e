// What htmx does not do by itself. Every page works without this file.
(function () {
  "use strict";

  // Chinese input: hold `input` events while a word is being composed, then send one.
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; }, true);
  document.addEventListener("compositionend", (event) => {
    composing = false;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  }, true);
  document.addEventListener("input", (event) => {
    if (composing) event.stopImmediatePropagation();
  }, true);

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (!form.hasAttribute("hx-post")) form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    }
  });

  // Esc closes an open menu and gives the focus back to its button.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest && event.target.closest("details[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.person[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // An answer that replaces an open menu leaves nothing focused: back to what opens it.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (document.activeElement !== document.body || !event.target.matches(".task, tr[id^=row-], .item[id^=call-]")) return;
    const control = event.target.querySelector("summary, .undo, .act-link");
    if (control) control.focus();
  });

  // A request that failed says so where it was made, and keeps what was typed.
  document.addEventListener("htmx:sendError", (event) => {
    const status = document.getElementById("alert");
    if (status) status.textContent = status.dataset.offline;
    event.detail.elt.removeAttribute("aria-busy");
  });

  // A day or a time is typed piece by piece: it is saved once its field is left.
  const typed = "form[hx-trigger=change] :is([type=date], [type=time])";
  document.addEventListener("change", (event) => {
    if (!event.target.matches(typed) || event.target.dataset.left) return;
    event.stopImmediatePropagation();
    event.target.dataset.typed = "yes";
  }, true);
  document.addEventListener("focusout", (event) => {
    const field = event.target;
    if (!field.dataset || !field.dataset.typed) return;
    delete field.dataset.typed;
    field.dataset.left = "yes";
    field.dispatchEvent(new Event("change", { bubbles: true }));
    delete field.dataset.left;
  });

  // What saves by itself needs no button.
  if (window.htmx) {
    document.querySelectorAll("[data-plain]").forEach((part) => { part.hidden = true; });
  }

  if (navigator.clipboard) {
    document.querySelectorAll("[data-copy]").forEach((button) => {
      const words = button.textContent;
      // An address stands in a field, from which it can be copied by hand, too.
      const field = document.getElementById(button.dataset.copy);
      button.hidden = false;
      button.addEventListener("click", async () => {
        if (field) field.select();
        await navigator.clipboard.writeText(field ? field.value : button.dataset.copy);
        button.textContent = button.dataset.copied;
        document.getElementById("status").textContent = button.dataset.copied;
        setTimeout(() => { button.textContent = words; }, 2000);
      });
    });
  }

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
