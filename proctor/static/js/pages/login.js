/** Sign-in: puts the cursor where the next word is expected. The form works without this. */

import { query } from "../lib/dom.js";

const form = query(document, "[data-login]", HTMLFormElement);
const error = document.querySelector("[data-form-error]");
const invalid = form.querySelector("[aria-invalid]");
const fields = [...form.querySelectorAll("input:not([type=hidden])")];
const firstEmpty = fields.find((field) => field instanceof HTMLInputElement && field.value === "");
const target = error ?? invalid ?? firstEmpty;
if (target instanceof HTMLElement) target.focus();
const button = query(form, "[type=submit]", HTMLButtonElement);

/** @param {boolean} isBusy */
function setBusy(isBusy) {
  button.setAttribute("aria-busy", String(isBusy));
  button.disabled = isBusy;
}

// Checking a password takes a moment; a second press would count as a second try.
form.addEventListener("submit", () => setBusy(true));
addEventListener("pageshow", () => setBusy(false));
