// The password once more, before something that takes data out, changes people, or changes how one logs in.
import { $, call, fault, onPasswordAgain, words } from "./desk_base.js";
import { recoverySwitch } from "./desk_codes.js";
import { Refused, signed, supported } from "./desk_passkey.js";

let given = null, asking = null;
const codes = recoverySwitch($("again-recovery"), $("again-code"), $("again-code-label"));

const clear = () => {
  $("again-password").value = "";
  $("again-fault").textContent = "";
  codes.reset();
};
/** True when it was given; what was typed elsewhere on the page stays where it is. */
const ask = () => {
  asking ??= new Promise((done) => {
    given = false;
    clear();
    $("again").showModal();
    $("again").addEventListener("close", () => { asking = null; clear(); done(given); }, { once: true });
  });
  return asking;
};
const confirm = async (second) => {
  const buttons = [...$("again").querySelectorAll("button")];
  $("again-fault").textContent = "";
  for (const button of buttons) button.disabled = true;
  let answer = null;
  try { answer = await call("POST", "/desk/api/account/confirm", { password: $("again-password").value, ...(await second()) }); }
  catch (refused) { $("again-fault").textContent = refused instanceof Refused ? refused.message : words.passkey_none; }
  for (const button of buttons) button.disabled = false;
  if (answer?.status === 204) { given = true; $("again").close(); return; }
  if (answer?.code === "unauthorized") { $("again").close(); return; }  // logged out meanwhile: what was asked for says so
  if (answer) $("again-fault").textContent = fault(answer);
  $("again-code").value = "";
  $("again-code").focus();
};
$("again-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = $("again-code").value;
  confirm(async () => ({ code }));
});
$("again-cancel").addEventListener("click", () => $("again").close());
if ($("again-passkey") && supported) {
  $("again-passkey").hidden = false;
  $("again-passkey").addEventListener("click", () => {
    if ($("again-password").reportValidity()) confirm(async () => ({ passkey: await signed("/desk/api/account/challenge") }));
  });
}
onPasswordAgain(ask);
