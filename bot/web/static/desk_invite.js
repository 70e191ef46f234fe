// Accepting an invitation: a password, and the authenticator app.
import { $, call, fault, words } from "./desk_base.js";

const form = $("accept");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector(".primary");
  button.disabled = true;
  $("fault").textContent = "";
  const answer = await call("POST", location.pathname, { password: $("password").value, totp_secret: $("totp").value, code: $("code").value });
  button.disabled = false;
  if (answer.status === 204) {
    form.hidden = true;
    for (const id of ["password", "totp", "code"]) $(id).value = "";
    for (const nav of document.querySelectorAll(".languages")) nav.hidden = true;
    $("done").hidden = false;
    $("done-title").focus();
    return;
  }
  $("code").value = "";
  $("fault").textContent = answer.code === "invite_refused" ? words.invite_refused : answer.code === "invalid" ? words.password_short : fault(answer);
  $("code").focus();
});
