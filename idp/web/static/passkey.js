// Hands the page's question to the browser's authenticators and sends their answer back with the page's form.
"use strict";
(() => {
  const form = document.getElementById("passkey");
  const said = document.getElementById("passkey-said");
  if (!form) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const create = async (asked) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: known(asked.excludeCredentials),
      },
    });
    const transports = made.response.getTransports ? made.response.getTransports() : [];
    return [made, { attestationObject: text(made.response.attestationObject), transports }];
  };

  const get = async (asked) => {
    const shown = await navigator.credentials.get({
      publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) },
    });
    const answer = shown.response;
    const parts = { authenticatorData: text(answer.authenticatorData), signature: text(answer.signature) };
    return [shown, answer.userHandle ? { ...parts, userHandle: text(answer.userHandle) } : parts];
  };

  if (!window.PublicKeyCredential) {
    said.textContent = form.dataset.unsupported;
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = form.dataset.asking;
    try {
      const asked = JSON.parse(form.dataset.options);
      const [credential, parts] = await (form.dataset.act === "create" ? create : get)(asked);
      form.elements.answer.value = JSON.stringify({
        id: credential.id,
        rawId: text(credential.rawId),
        type: credential.type,
        response: { clientDataJSON: text(credential.response.clientDataJSON), ...parts },
      });
      form.submit();
    } catch {
      said.textContent = form.dataset.failed;
    }
  });
})();
