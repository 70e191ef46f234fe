// A coordinator gives an open case to a colleague, or takes it over. Who is not at the desk cannot be chosen.
import { $, call, element, fault, known, languageName, waited, words } from "./desk_base.js";

const option = (value, text) => { const node = element("option", "", text); node.value = value; return node; };

export class Assign {
  constructor({ queue, expired }) {
    this.queue = queue; this.expired = expired;
    $("assign-open").addEventListener("click", () => { $("menu").close(); this.show(); });
    $("assign-case").addEventListener("change", () => this.reason());
    $("assign-form").addEventListener("submit", (event) => { event.preventDefault(); this.give(); });
  }

  allowed(yes) {
    $("assign-open").hidden = !yes;
    this.queue.assign = yes ? (id) => this.show(id) : null;
  }

  get found() { return this.queue.cases.get(Number($("assign-case").value)); }

  async show(id) {
    $("assign-error").textContent = "";
    const whose = (found) => (found.state === "owned" ? known(found.owner_name, found.owner_alias) : `${words.waiting}: ${waited(found.waiting_since)}`);
    $("assign-case").replaceChildren(...[...this.queue.cases.values()].map((found) => option(found.id, [found.number, words["urgency_" + found.urgency], whose(found), languageName(found.language)].join(" · "))));
    if (id !== undefined) $("assign-case").value = id;
    $("assign-why").value = "";
    this.reason();
    $("assign").showModal();
    $("assign-title").focus();
    const answer = await call("GET", "/desk/api/colleagues");
    if (answer.status !== 200) { this.failed(answer); return; }
    $("assign-whom").replaceChildren(option(this.queue.me, words.assign_self), ...answer.data.colleagues.map((one) => {
      const node = option(one.id, [known(one.name, one.alias), one.refusal && words["colleague_" + one.refusal], ...one.languages.map(languageName)].filter(Boolean).join(" · "));
      node.disabled = one.refusal === "offline";
      return node;
    }));
  }

  /** Why, of a case that somebody has. */
  reason() {
    const owned = this.found?.state === "owned";
    $("assign-reason").hidden = !owned;
    $("assign-why").required = owned;
  }

  async give() {
    const { found } = this, to = Number($("assign-whom").value);
    if (!found) { this.show(); return; }
    const answer = await call("POST", `/desk/api/cases/${found.id}/assign`, { to, reason: found.state === "owned" ? $("assign-why").value : "" });
    if (answer.status !== 200) { this.failed(answer); return; }
    $("assign").close();
    $("whisper").textContent = words.saved;
    if (to === this.queue.me) this.queue.taken(answer.data);
  }

  failed(answer) {
    if (answer.status === 401) { $("assign").close(); this.expired(); return; }
    $("assign-error").textContent = fault(answer);
  }
}
