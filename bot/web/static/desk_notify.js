// A notification of the browser for a new emergency: its level and the number of the case, never more. It is asked for with
// a button; without it the sound and the title of the page say the same. Phones show notifications through a worker only,
// which the page's policy allows none of: there the button says that it cannot be, and a page reaches the phone anyway.
import { $, words } from "./desk_base.js";

export class Notify {
  constructor() {
    this.shown = new Map();
    this.refused = false;
    $("notify").addEventListener("click", () => this.press());
    this.label();
  }

  get on() {
    try { return !this.refused && "Notification" in window && Notification.permission === "granted" && localStorage.getItem("notify") === "on"; } catch { return false; }
  }

  async press() {
    const wanted = !this.on;
    if (wanted && "Notification" in window) await Notification.requestPermission();
    try { localStorage.setItem("notify", wanted ? "on" : "off"); } catch { /* then it is not kept */ }
    this.refused = false;
    if (wanted && this.on) this.show([{ number: words.title, urgency: null }]);  // whether it can be is seen by doing it
    this.label();
    $("notify-note").textContent = wanted && !this.on ? words.notify_blocked : words.notify_explained;
    if (this.on) setTimeout(() => this.gone([words.title]), 3000);
  }

  label() {
    $("notify").textContent = this.on ? words.notify_off : words.notify_on;
    $("notify-note").textContent = words.notify_explained;
  }

  show(emergencies) {
    if (!this.on) return;
    for (const { number, urgency } of emergencies) {
      try {
        const made = new Notification(urgency ? words["urgency_" + urgency] : words.notify_on, { body: number, tag: number, requireInteraction: Boolean(urgency) });
        made.addEventListener("click", () => { window.focus(); made.close(); });
        this.shown.set(number, made);
      } catch { this.refused = true; return; }
    }
  }

  /** Somebody has it now, or it is over: it calls nobody any more. */
  gone(numbers) {
    for (const number of numbers) { this.shown.get(number)?.close(); this.shown.delete(number); }
  }
}
