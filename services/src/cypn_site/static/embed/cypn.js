/* cypn 1: <cypn-exchange hub="https://…" exchange="…"><a href="…">…</a></cypn-exchange>
   Shows what an exchange of the hub lists, read-only. Whatever goes wrong, the link inside stays.
   MIT licence. No dependencies, no cookies, nothing is sent but the request for the list. */
(() => {
  "use strict";
  const STYLE = "%STYLE%";
  const PATIENCE = 8000;
  const CODE = /^[a-z][a-z0-9_-]{0,39}$/;

  function address(element) {
    const hub = new URL(element.getAttribute("hub"));
    const exchange = element.getAttribute("exchange");
    if (!/^https?:$/.test(hub.protocol) || !CODE.test(exchange)) throw new TypeError("no such hub");
    const found = new URL(`/embed/v1/${exchange.replaceAll("_", "-")}.html`, hub);
    const language = element.closest("[lang]")?.getAttribute("lang") || "en";
    found.searchParams.set("lang", language.split("-")[0].toLowerCase());
    found.searchParams.set("level", element.getAttribute("heading-level") || "2");
    return found;
  }

  async function fragment(url) {
    const answer = await fetch(url, {
      credentials: "omit",
      mode: "cors",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const type = answer.headers.get("Content-Type") || "";
    if (!answer.ok || !type.startsWith("text/html")) throw new TypeError("nothing to show");
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    return template.content;
  }

  function style() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    return sheet;
  }

  class CypnExchange extends HTMLElement {
    async connectedCallback() {
      try {
        const found = await fragment(address(this));
        const sheets = [style()];
        const root = this.shadowRoot || this.attachShadow({ mode: "open" });
        root.adoptedStyleSheets = sheets;
        root.replaceChildren(found);
      } catch {
        // The link inside the element stays as it is.
      }
    }
  }

  if (!customElements.get("cypn-exchange")) customElements.define("cypn-exchange", CypnExchange);
})();
