// Accepting an invitation: a password, the authenticator app, and the recovery codes that come of it.
import { $, call, fault, words } from "./desk_base.js";
import { showCodes } from "./desk_codes.js";
import { watchPassword } from "./desk_password.js";

const form = $("accept");
if (form) watchPassword();
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector(".primary");
  button.disabled = true;
  $("fault").textContent = "";
  const answer = await call("POST", location.pathname, { name: $("name").value, password: $("password").value, totp_secret: $("totp").value, code: $("code").value });
  button.disabled = false;
  if (answer.status === 200 || answer.status === 202) {
    form.hidden = true;
    for (const id of ["password", "totp", "code"]) $(id).value = "";
    for (const nav of document.querySelectorAll(".languages")) nav.hidden = true;
    $("done").hidden = false;
    showCodes(answer.data.codes);
    if (answer.status === 202) {  // a colleague has to confirm first: there is nothing to log in to yet
      $("done-title").textContent = words.invite_waits;
      for (const node of $("done").querySelectorAll(".then")) node.hidden = true;
    }
    $("done-title").focus();
    return;
  }
  $("code").value = "";
  $("fault").textContent = answer.code === "invite_refused" ? words.invite_refused : answer.code === "weak_password" ? words.password_weak : answer.code === "invalid" ? words.password_short : fault(answer);
  $("code").focus();
});
