// Pages to this browser (Web Push), while the desk is closed: chosen here, listed and taken away here. What a browser has
// from a colleague, or from before the organisation's key was changed, is ended.
import { $, at, button, call, element, fault, words } from "./desk_base.js";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
// An iPhone has these only in a page that was put on its home screen, and says of every other page that it is none.
const atHomeFirst = navigator.standalone === false;
const able = "PushManager" in window && "Notification" in window && Boolean(navigator.serviceWorker);

export class Push {
  constructor({ notify }) {
    this.notify = notify; this.key = null; this.phones = [];
    $("push").addEventListener("click", () => this.press());
    // The worker says which case was tapped, when this page is open already.
    navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (/^[\w-]{1,20}$/.test(data?.take)) location.hash = `take=${data.take}`; });
    navigator.serviceWorker?.startMessages();
  }

  /** After a log-in: whether this browser is still paged, and for whom. */
  async begin() {
    await this.read();
    const own = await this.subscription();
    if (!own) return;
    const answer = await call("POST", "/desk/api/phones/here", { endpoint: own.endpoint });
    if (answer.status !== 200) return;
    if (!answer.data.paged || !this.ours(own)) await this.unsubscribe();
    await this.read();
  }

  async read() {
    const answer = await call("GET", "/desk/api/phones");
    if (answer.status !== 200) return;
    this.key = answer.data.key; this.phones = answer.data.phones;
    await this.draw();
  }

  async draw() {
    const here = await this.subscription();
    this.on = Boolean(here && this.phones.some((phone) => phone.here));
    $("push").hidden = !(this.key && able);
    $("push-note").hidden = !(this.key && (able || atHomeFirst));
    $("push").textContent = this.on ? words.push_off : words.push_on;
    $("push-note").textContent = able ? words.push_explained : words.push_home;
    $("push-devices").hidden = !this.phones.length;
    $("push-list").replaceChildren(...this.phones.map((phone) => this.row(phone)));
  }

  row(phone) {
    const item = element("li"), device = words["device_" + phone.device];
    item.append(`${device}${phone.here ? ` · ${words.session_this}` : ""} · ${words.session_since} ${at(phone.added_at)} `);
    item.append(button(words.passkey_remove, `${words.passkey_remove}: ${device}, ${at(phone.added_at)}`, () => this.remove(phone), "quiet"));
    return item;
  }

  async press() {
    $("push").disabled = true;
    try { if (this.on) await this.off(); else await this.subscribe(); } finally { $("push").disabled = false; }
  }

  async subscribe() {
    let said = words.push_explained;
    if (await Notification.requestPermission() !== "granted") { $("push-note").textContent = words.notify_blocked; return; }
    try {
      const worker = await this.notify.registered();
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(this.key) });
      const { endpoint, keys } = made.toJSON();
      const answer = await call("POST", "/desk/api/phones", { endpoint, public: keys.p256dh, auth: keys.auth });
      if (answer.status !== 204) { said = answer.code === "phone_refused" ? words.push_refused : fault(answer); await this.unsubscribe(); }
    } catch { said = words.push_refused; }
    await this.read();
    $("push-note").textContent = said;
  }

  async off() {
    for (const phone of this.phones.filter((one) => one.here)) await call("DELETE", `/desk/api/phones/own/${phone.id}`);
    await this.unsubscribe();
    await this.read();
  }

  async remove(phone) {
    if (phone.here) { await this.off(); return; }
    const answer = await call("DELETE", `/desk/api/phones/own/${phone.id}`);
    await this.read();
    if (answer.status !== 204) $("push-note").textContent = fault(answer);
  }

  async subscription() {
    try { return able ? await (await this.notify.standing())?.pushManager.getSubscription() ?? null : null; } catch { return null; }
  }

  /** Whether it was made for the key that pages are signed with now. */
  ours({ options }) {
    const made = new Uint8Array(options?.applicationServerKey ?? []), key = this.key ? bytes(this.key) : [];
    return made.length === key.length && made.every((one, i) => one === key[i]);
  }

  async unsubscribe() {
    try { await (await this.subscription())?.unsubscribe(); } catch { /* the gateway has forgotten it, and that counts */ }
  }
}
