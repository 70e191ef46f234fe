// Recovery codes: shown once, and typed in place of the code of the app.
import { $, element, words } from "./desk_base.js";

/** Shows codes that nothing shows again. */
export const showCodes = (codes) => {
  $("codes-list").replaceChildren(...codes.map((code) => element("li", "", code)));
  $("codes").hidden = !codes.length;
};
$("codes-copy")?.addEventListener("click", async () => {
  const text = [...$("codes-list").children].map((item) => item.textContent).join("\n");
  try { await navigator.clipboard.writeText(text); $("codes-copy").textContent = words.copied; }
  catch { getSelection().selectAllChildren($("codes-list")); }
});

/** A field for the app's code takes a recovery code once `button` is pressed: a phone shows letters then. */
export const recoverySwitch = (button, field, label) => {
  const draw = (recovery) => {
    field.inputMode = recovery ? "text" : "numeric";
    field.autocomplete = recovery ? "off" : "one-time-code";
    field.autocapitalize = recovery ? "characters" : "off";
    label.textContent = recovery ? words.recovery_code : words.totp;
    button.textContent = recovery ? words.totp : words.recovery_use;
    button.dataset.recovery = recovery ? "yes" : "";
    field.value = "";
  };
  button.addEventListener("click", () => { draw(!button.dataset.recovery); field.focus(); });
  return { reset: () => draw(false) };
};
