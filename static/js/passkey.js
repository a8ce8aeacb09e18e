// Passkeys: asks the browser for one and sends its answer as an ordinary form. Where that
// is not known, the page shows its other ways only.
(function () {
  "use strict";

  const known = window.PublicKeyCredential;
  if (!known || !known.parseCreationOptionsFromJSON || !known.prototype.toJSON) return;

  // What the server wants signed, and the passkey that signs it.
  async function ask(form) {
    const token = form.elements.csrfmiddlewaretoken.value;
    const answer = await fetch(form.dataset.begin, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok) throw new Error(answer.status);
    const { publicKey } = await answer.json();
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(publicKey) })
      : navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(publicKey) });
  }

  async function send(form) {
    const button = form.querySelector("button");
    const fault = form.querySelector("[data-fault]");
    fault.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      // Refused, too late, or no passkey there: browsers do not say which.
      button.disabled = false;
      fault.hidden = false;
    }
  }

  document.querySelectorAll("[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      send(form);
    });
  });
  document.querySelectorAll("[data-passkey] ~ [data-no-passkey]").forEach((text) => { text.hidden = true; });
})();
