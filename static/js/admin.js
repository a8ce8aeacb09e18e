// Names for what Django's suggestions draw over a select, so that it can be heard.
(function () {
  "use strict";
  const jQuery = window.django && window.django.jQuery;
  if (!jQuery) return;

  const nameOf = (select) =>
    select.getAttribute("aria-label") ||
    (select.labels.length ? select.labels[0].textContent.trim().replace(/[:：]$/, "") : "");

  function name(select) {
    const drawn = select.nextElementSibling;
    const box = drawn && drawn.querySelector(".select2-selection");
    if (!box) return;
    // Its own name, then what is chosen.
    box.id = select.id + "_box";
    box.setAttribute("aria-label", nameOf(select));
    const chosen = drawn.querySelector(".select2-selection__rendered");
    box.setAttribute("aria-labelledby", box.id + (chosen && chosen.id ? " " + chosen.id : ""));
    if (chosen) ["role", "aria-readonly"].forEach((key) => chosen.removeAttribute(key));
    const search = drawn.querySelector(".select2-search__field");
    if (search) search.setAttribute("aria-label", nameOf(select));
  }

  const nameAll = (part) =>
    part.querySelectorAll("select.admin-autocomplete:not([name*=__prefix__])").forEach(name);

  // Django draws them when the page is ready, and in each row that is added: then, not before.
  jQuery(() => nameAll(document));
  document.addEventListener("formset:added", (event) => nameAll(event.target));
  jQuery(document).on("select2:open", (event) => {
    const search = document.querySelector(".select2-dropdown .select2-search__field");
    if (search) search.setAttribute("aria-label", nameOf(event.target));
    const box = document.getElementById(event.target.id + "_box");
    if (box) box.setAttribute("aria-controls", box.getAttribute("aria-owns"));
  });
})();
