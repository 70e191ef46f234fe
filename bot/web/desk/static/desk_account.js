// One's own log-in: where one is logged in, passkeys, recovery codes.
import { $, at, button, call, element, words } from "./desk_base.js";
import { showCodes } from "./desk_codes.js";
import { Refused, made, setUsual, supported } from "./desk_passkey.js";

export class Account {
  constructor({ failed }) {
    this.failed = failed;
    $("end-others").addEventListener("click", () => this.act("DELETE", "/desk/api/account/sessions"));
    $("passkey-form").addEventListener("submit", (event) => { event.preventDefault(); this.add(); });
    $("codes-renew").addEventListener("click", () => this.renew());
  }

  async read() {
    const answer = await call("GET", "/desk/api/account");
    if (answer.status !== 200) { this.failed(answer); return; }
    const { sessions, passkeys, passkeys_here: here, recovery_left: left } = answer.data;
    $("sessions-list").replaceChildren(...sessions.map((found) => this.session(found)));
    $("end-others").hidden = sessions.length < 2;
    $("passkeys-list").replaceChildren(...passkeys.map((found) => this.passkey(found)));
    $("passkey-form").hidden = !here || !supported;
    $("passkey-not-here").hidden = here && supported;
    $("codes-left").textContent = `${words.recovery_left}: ${left}`;
    $("account").hidden = false;
  }

  session(found) {
    const item = element("li", "person"), device = words["device_" + found.device];
    item.append(element("p", "name", device + (found.this ? ` · ${words.session_this}` : "")));
    item.append(element("p", "hint", `${words.session_since} ${at(found.begun_at)} · ${words.session_seen}: ${at(found.seen_at)}`));
    if (!found.this) item.append(button(words.session_end, `${words.session_end}: ${device}, ${at(found.begun_at)}`, () => this.act("DELETE", `/desk/api/account/sessions/${found.id}`)));
    return item;
  }

  passkey(found) {
    const item = element("li", "person"), used = found.used_at ? ` · ${words.session_seen}: ${at(found.used_at)}` : "";
    const name = element("p", "name", found.name);
    name.dir = "auto";
    item.append(name, element("p", "hint", `${words.session_since} ${at(found.added_at)}${used}`));
    // Two taps: the first one asks.
    const remove = button(words.passkey_remove, `${words.passkey_remove}: ${found.name}`, () => {
      if (remove.dataset.asked) { this.act("DELETE", `/desk/api/factors/passkeys/${found.id}`); return; }
      remove.dataset.asked = "yes";
      remove.textContent = words.end_access_sure;
      remove.setAttribute("aria-label", `${words.end_access_sure} ${found.name}`);
    }, "danger");
    item.append(remove);
    return item;
  }

  async act(method, path, data) {
    const answer = await call(method, path, data);
    if (answer.status !== 204) this.failed(answer);
    await this.read();
  }

  async add() {
    $("passkey-fault").textContent = "";
    try {
      const passkey = await made("/desk/api/factors/challenge");
      await this.act("POST", "/desk/api/factors/passkeys", { name: $("passkey-name").value, passkey });
      $("passkey-name").value = "";
      setUsual(true);
    } catch (refused) { $("passkey-fault").textContent = refused instanceof Refused ? refused.message : words.passkey_none; }
  }

  async renew() {
    const answer = await call("POST", "/desk/api/factors/recovery-codes");
    if (answer.status !== 201) { this.failed(answer); return; }
    showCodes(answer.data.codes);
    await this.read();
  }
}
