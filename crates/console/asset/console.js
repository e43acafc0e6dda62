// What pages cannot do without a script: the palette's key, copying, choosing rows, the menu and the open tab on small screens,
// and the browser's time zone for the server. Everything else is plain pages.
"use strict";
(() => {
  document.cookie = "mailstead-zone=" + encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone) +
    "; Path=/admin; Secure; SameSite=Lax; Max-Age=31536000";

  const say = (text) => { const said = document.getElementById("said"); if (said) said.textContent = text; };

  const openPalette = () => {
    const palette = document.getElementById("palette");
    if (!palette || palette.open) return;
    palette.showModal();
    htmx.ajax("GET", "/admin/palette", { target: palette, swap: "innerHTML" }).then(() => {
      const field = palette.querySelector("input");
      if (field) field.focus();
    });
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    const palette = document.getElementById("palette");
    if (!palette || !palette.open || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const links = [...palette.querySelectorAll("input, .results a")];
    const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    if (links.length) links[(at + links.length) % links.length].focus();
    event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.palette")) return;
    const first = document.querySelector("#palette .results a, #found .results a");
    if (first) { event.preventDefault(); location.assign(first.href); }
  });

  const count = (bulk) => {
    const form = bulk.closest("form");
    const every = bulk.querySelector("[data-every]").checked;
    const chosen = form.querySelectorAll("tbody input[name=one]:checked").length;
    bulk.querySelector("[data-count]").textContent = every ? "All are chosen" : chosen ? chosen + " chosen" : "Nothing is chosen";
    bulk.querySelectorAll("[data-chosen]").forEach((button) => { button.disabled = chosen === 0 && !every; });
    bulk.querySelectorAll("[data-asked]").forEach((field) => {
      field.value = new URLSearchParams(location.search).get(field.dataset.asked) || "";
    });
    form.querySelectorAll("tbody input[name=one]").forEach((box) => { box.disabled = every; });
    bulk.classList.toggle("some", chosen > 0 || every);
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form");
    const bulk = form && form.querySelector("[data-bulk]");
    if (!bulk) return;
    if (event.target.matches("[data-all]"))
      form.querySelectorAll("tbody input[name=one]").forEach((box) => { box.checked = event.target.checked; });
    count(bulk);
  });

  document.addEventListener("click", (event) => {
    const palette = event.target.closest("[data-palette]");
    if (palette) { event.preventDefault(); openPalette(); return; }
    if (event.target.id === "palette") { event.target.close(); return; }
    const copy = event.target.closest("[data-copy]");
    if (copy) { navigator.clipboard.writeText(copy.dataset.copy).then(() => say("Copied")); return; }
    const menu = event.target.closest("[data-menu]");
    if (menu) {
      const open = document.body.classList.toggle("menu");
      menu.setAttribute("aria-expanded", String(open));
    }
  });

  // What changes by itself is fetched again when the server says that it did; a person who is at a field is left alone.
  const live = document.querySelector("[data-live]");
  if (live && window.EventSource) {
    const events = new EventSource("/admin/live");
    events.onmessage = () => {
      const here = document.querySelector("[data-live]");
      if (!here || here.querySelector("input:checked") || (here.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"))) return;
      const whole = here.dataset.live === "#live";
      // Not by htmx: it calls it an error when a person leaves the page meanwhile.
      fetch(location.pathname + location.search, { headers: { "HX-Request": "true", "Mailstead-Live": "1" } })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.statusText))))
        .then((text) => {
          const fresh = new DOMParser().parseFromString(text, "text/html");
          if (whole) here.replaceWith(fresh.querySelector("#live") || here);
          else here.replaceChildren(...fresh.body.childNodes);
          htmx.process(document.querySelector("[data-live]"));
          settle();
        }).catch(() => {});
    };
    addEventListener("pagehide", () => events.close());
  }

  // On a small screen the open tab may stand beyond the edge.
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;

  const settle = () => document.querySelectorAll("[data-bulk]").forEach(count);
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("htmx:responseError", () => say("The server refused that."));
  document.addEventListener("htmx:sendError", () => say("The server cannot be reached."));
  settle();
})();
