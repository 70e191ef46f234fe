// The end of a case: in danger it is asked first, and for some seconds it can be undone before the person is told. Whoever
// puts the page away meanwhile has not undone it.
import { $, call, fault, words } from "./desk_base.js";

const UNDO = 10000;

export class Ending {
  constructor({ ended, back, expired }) {
    this.ended = ended; this.back = back; this.expired = expired;
    this.one = null;
    $("undo").addEventListener("click", () => { const { id } = this.one; this.stop(); this.back(id); });
    addEventListener("visibilitychange", () => { if (document.hidden) this.finish(); });
    $("sure-no").addEventListener("click", () => { $("sure").hidden = true; $("more-title").focus(); });
    $("sure-yes").addEventListener("click", () => { $("sure").hidden = true; this.agreed(); });
  }

  /** `found`: the case as the queue has it; `what` is done to it with `data` when nobody undoes it. */
  ask(found, label, what, data, agreed) {
    this.agreed = () => { agreed(); this.begin(found, label, what, data); };
    if (found.urgency === "none") { this.agreed(); return; }
    $("sure").hidden = false;
    $("sure-no").focus();
    $("sure").scrollIntoView({ block: "nearest" });
  }

  begin(found, label, what, data) {
    this.finish();  // one at a time: the one before is over
    const { id, number, unread } = found;
    this.one = { id, unread, what, data, timer: setTimeout(() => this.finish(), UNDO) };
    $("ending-what").textContent = `${number}: ${label}. ${words.knows_nothing}`;
    $("ending").hidden = false;
    $("undo").focus();
  }

  stop() {
    clearTimeout(this.one?.timer);
    this.one = null;
    $("ending").hidden = true;
  }

  /** Whoever writes in these seconds is not shown the door: the case opens again. */
  happened(cases) {
    const now = this.one && cases.get(this.one.id);
    if (!now || now.unread <= this.one.unread) return;
    const { id } = this.one;
    this.stop();
    $("shout").textContent = words.new_word;
    this.back(id);
  }

  async finish() {
    if (!this.one) return;
    const { id, what, data } = this.one;
    this.stop();
    const answer = await call("POST", `/desk/api/cases/${id}/${what}`, data);
    if (answer.status === 204) this.ended(id);
    else if (answer.status === 401) this.expired();
    else $("next-error").textContent = $("shout").textContent = fault(answer);
  }
}
