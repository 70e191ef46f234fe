// Muting somebody who abuses, for a time and with a reason: by who has the case, and by coordinators in the list. What is a danger
// ends it by itself.
import { $, at, call, fault, unit, words } from "./desk_base.js";

export class Mute {
  constructor({ expired }) {
    this.expired = expired;
    for (const option of $("mute-hours").options) option.textContent = unit(Number(option.value), "hour");
    $("mute-form").addEventListener("submit", (event) => { event.preventDefault(); this.change("PUT", { hours: Number($("mute-hours").value), reason: $("mute-why").value }); });
    $("mute-end").addEventListener("click", () => this.change("DELETE"));
  }

  /** `found`: the case as the queue has it. */
  ask({ id, number, muted_until: until }) {
    this.id = id;
    $("mute-title").textContent = `${words.mute}: ${number}`;
    $("mute-now").textContent = until ? `${words.mute_until}: ${at(until)}` : "";
    $("mute-end").hidden = $("mute-now").hidden = !until;
    $("mute-error").textContent = "";
    $("mute-why").value = "";
    $("mute").showModal();
    $("mute-title").focus();
  }

  async change(method, data) {
    const answer = await call(method, `/desk/api/cases/${this.id}/mute`, data);
    if (answer.status === 204) { $("mute").close(); return; }
    if (answer.status === 401) { $("mute").close(); this.expired(); return; }
    $("mute-error").textContent = fault(answer);
  }
}
