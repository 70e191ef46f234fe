// A notification of the browser for an emergency, a new person, a new message in one's own case: which of these it is and
// the number of the case, never more. It is asked for with a button; without it the sound and the title of the page say the same. Computers show it from the page, phones through a
// worker, which is there only while notifications are on or this browser is paged.
import { $, practising, words } from "./desk_base.js";

const WORKER = new URL("./desk_worker.js", import.meta.url).href;
// The page's policy allows this name alone, and it makes this address alone.
const workers = window.trustedTypes?.createPolicy("desk-worker", { createScriptURL: () => WORKER });

export class Notify {
  constructor() {
    this.shown = new Map();
    this.refused = false;
    this.worker = null;
    this.line = Promise.resolve();  // one after another: what is over must not take along what is shown meanwhile
    $("notify").addEventListener("click", () => this.press());
    this.label();
  }

  get on() {
    try { return !practising && !this.refused && "Notification" in window && Notification.permission === "granted" && localStorage.getItem("notify") === "on"; } catch { return false; }
  }

  async press() {
    const wanted = !this.on;
    if (wanted && "Notification" in window) await Notification.requestPermission();
    try { localStorage.setItem("notify", wanted ? "on" : "off"); } catch { /* then it is not kept */ }
    this.refused = false;
    if (wanted && this.on) await this.show([{ number: words.title, urgency: null }]);  // whether it can be is seen by doing it
    if (!wanted) await this.unregister();
    this.label();
    $("notify-note").textContent = wanted && !this.on ? words.notify_blocked : words.notify_explained;
    if (this.on) setTimeout(() => this.gone([words.title]), 3000);
  }

  label() {
    $("notify").textContent = this.on ? words.notify_off : words.notify_on;
    $("notify-note").textContent = words.notify_explained;
  }

  /** When everything before it is done. */
  inTurn(work) { return this.line = this.line.then(work).catch(() => {}); }

  /** Cases, for their urgency; or, with `kind` (a word of the labels), for something that calls nobody. */
  show(cases, kind = null) { return this.inTurn(() => this.showNow(cases, kind)); }

  async showNow(cases, kind) {
    for (const { number, urgency } of cases) {
      if (!this.on) return;
      const title = kind ? words[kind] : urgency ? words["urgency_" + urgency] : words.notify_on;
      const options = { body: number, tag: kind ? `${number} ${kind}` : number, requireInteraction: Boolean(urgency && !kind) };
      try { this.fromPage(title, options); } catch { await this.throughWorker(title, options); }
    }
  }

  fromPage(title, options) {
    const made = new Notification(title, options);  // a phone's browser throws here
    made.addEventListener("click", () => { window.focus(); made.close(); });
    this.shown.set(options.tag, made);
  }

  async throughWorker(title, options) {
    try { await (await this.registered()).showNotification(title, options); } catch { this.refused = true; this.label(); }
  }

  /** The worker, ready to show something. */
  async registered() {
    const worker = this.worker ??= await navigator.serviceWorker.register(workers ? workers.createScriptURL("") : WORKER);
    const starting = worker.installing || worker.waiting;
    if (!worker.active && starting) await new Promise((done) => starting.addEventListener("statechange", () => { if (worker.active || starting.state === "redundant") done(); }));
    return worker;
  }

  /** The worker that is there, also one that an earlier page of this browser started. */
  async standing() {
    try { return this.worker ??= await navigator.serviceWorker?.getRegistration(WORKER) ?? null; } catch { return null; }
  }

  async unregister() {
    await this.only([]);
    const worker = await this.standing();
    if (await worker?.pushManager?.getSubscription().catch(() => null)) return;  // pages come through it too
    try { await worker?.unregister(); } catch { /* there was none */ }
    this.worker = null;
  }

  /** Somebody has it now, it is over, or was read. */
  gone(tags) { return this.closeWhere((tag) => tags.includes(tag)); }

  /** Nothing but these calls, whatever a page before this one has shown. */
  only(tags) { return this.closeWhere((tag) => !tags.includes(tag)); }

  closeWhere(ended) { return this.inTurn(() => this.closeNow(ended)); }

  async closeNow(ended) {
    for (const [tag, one] of this.shown) if (ended(tag)) { one.close(); this.shown.delete(tag); }
    for (const one of await (await this.standing())?.getNotifications().catch(() => []) ?? []) if (ended(one.tag)) one.close();
  }
}
