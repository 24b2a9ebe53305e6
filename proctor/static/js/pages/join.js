/** The join form: the cursor goes where something is missing, and a second press does not send it twice. */

import { query } from "../lib/dom.js";

const form = query(document, "[data-join]", HTMLFormElement);
const button = query(form, "button[type=submit]", HTMLButtonElement);

const invalid = form.querySelector("[aria-invalid]");
if (invalid instanceof HTMLInputElement) invalid.focus();

form.addEventListener("submit", (event) => {
  if (button.getAttribute("aria-busy") === "true") event.preventDefault();
  button.setAttribute("aria-busy", "true");
});

// The back button brings the page from memory with its button still busy.
window.addEventListener("pageshow", () => button.removeAttribute("aria-busy"));
