// Asks every other second how far the code has come; goes on by itself once somebody confirmed it.
"use strict";
(() => {
  const form = document.getElementById("qr");
  const said = document.getElementById("qr-said");
  if (!form) return;
  const look = async () => {
    let state = "";
    try {
      const answer = await fetch(form.dataset.state, { credentials: "same-origin", cache: "no-store" });
      state = answer.ok ? (await answer.json()).state : "";
    } catch {
      state = ""; // the network is away for a moment
    }
    if (state === "confirmed") return form.submit();
    if (state === "expired" && form.dataset.next) return location.replace(form.dataset.next);
    if (state === "expired" || state === "refused" || state === "redeemed") return location.reload();
    if (state === "scanned") said.textContent = form.dataset.scanned;
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
})();
