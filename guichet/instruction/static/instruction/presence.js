// Keeps « who else reads this request » true while the page is looked at. The server says it first.
(() => {
  const zone = document.querySelector("[data-presence]");
  if (!zone) return;
  const demander = async () => {
    if (document.hidden) return;
    try {
      const reponse = await fetch(zone.dataset.presence, {
        method: "POST",
        headers: { "X-CSRFToken": zone.dataset.jeton },
        redirect: "manual",
      });
      if (!reponse.ok) return;
      const { phrase } = await reponse.json();
      if (zone.textContent !== phrase) zone.textContent = phrase;  // announced once, when it changes
    } catch { /* no network: what is on screen stays, the next try is in half a minute */ }
  };
  setInterval(demander, Number(zone.dataset.toutes || 30) * 1000);
  document.addEventListener("visibilitychange", demander);
})();
