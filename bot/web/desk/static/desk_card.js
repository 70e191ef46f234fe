// What stands on top of a case: a summary line, deadlines, links to other cases; and the person's return code made anew.
// Another tab or device may change it: it is read again whenever the gateway says that something happened.
import { $, at, call, dayOf, element, keep, kept, known, unit, uuid, words } from "./desk_base.js";

const AT_MOST_EVERY = 1500;

/** The urgencies, and why a caseworker sets a lower or a higher one: as in `bot/domain/audit.py`. */
const URGENCIES = ["none", "urgent", "emergency"];
const LOWERED = ["person_safe", "help_there", "no_danger"], RAISED = ["more_danger", "told_elsewhere"];

export class Card {
  constructor({ work }) {
    this.work = work;
    this.id = null; this.read = null; this.saved = ""; this.again = null;
    $("summary-form").addEventListener("submit", (event) => { event.preventDefault(); this.summary(); });
    $("summary").addEventListener("input", () => keep(this.draftName, $("summary").value === this.saved ? null : $("summary").value));
    $("deadline-kind").addEventListener("change", () => this.label());
    $("deadline-form").addEventListener("submit", (event) => { event.preventDefault(); this.deadline(); });
    $("link-form").addEventListener("submit", (event) => { event.preventDefault(); this.link(); });
    $("code-renew").addEventListener("click", () => this.code());
    $("notes-open").addEventListener("click", () => this.fill());
    $("judge-open").addEventListener("click", () => this.judging());
    $("judge-list").addEventListener("change", () => this.reasons());
    $("judge-form").addEventListener("submit", (event) => { event.preventDefault(); this.judge(); });
  }

  get base() { return `/desk/api/cases/${this.id}`; }
  get draftName() { return `summary:${this.work.me}:${this.id}`; }

  open(id) { this.close(); this.id = id; this.look(); }

  close() {
    this.id = null; this.read = null; this.saved = ""; this.codeId = null;
    clearTimeout(this.again); this.again = null;
    for (const name of ["summary-line", "card-line", "judged-line"]) { $(name).textContent = ""; $(name).hidden = true; }
    for (const name of ["deadlines", "links"]) $(name).replaceChildren();
    $("summary").value = ""; $("deadline-form").reset(); $("link-form").reset(); this.calm();
  }

  /** Something happened somewhere: soon, and not again and again. */
  happened() {
    if (this.id === null || this.again !== null) return;
    this.again = setTimeout(() => {
      this.again = null;
      this.work.conversation.read();  // what was said from another tab, or by the program
      this.look();
      this.work.look();
      this.work.conversation.held.look();
      if ($("notes").open) this.work.list();
    }, AT_MOST_EVERY);
  }

  async look() {
    if (this.id === null) return;
    const id = this.id, answer = await call("GET", `${this.base}/card`);
    if (id !== this.id || answer.status !== 200) return;
    const text = JSON.stringify(answer.data);
    if (text === this.read) return;
    this.read = text;
    this.draw(answer.data);
  }

  draw({ summary, deadlines, links, periods, judged }) {
    $("judged-line").textContent = judged ? [`${words["urgency_" + judged.urgency]}: ${judged.by}`, at(judged.at), words["why_" + judged.reason]].join(" · ") : "";
    $("judged-line").hidden = !judged;
    this.periods = periods;
    const written = kept(this.draftName);
    this.saved = summary;
    if (written === null) $("summary").value = summary;  // what somebody is writing here is not taken away
    $("summary-line").textContent = summary;
    $("summary-line").hidden = !summary;
    const [next] = deadlines;
    const line = [next && `${words["deadline_" + next.kind]}: ${dayOf(next.on)}`, links.length && `${words.links}: ${links.map(({ number }) => number).join(", ")}`].filter(Boolean).join(" · ");
    $("card-line").textContent = line;
    $("card-line").hidden = !line;
    this.list("deadlines", deadlines, ({ on, kind, name }) => [
      element("span", "grow", `${dayOf(on)} · ${words["deadline_" + kind]}`), this.remove(`deadlines/${name}`, `${words["deadline_" + kind]}, ${dayOf(on)}`),
    ]);
    this.list("links", links, (found) => [
      element("span", "number", found.number), element("span", "grow", found.state === "owned" ? known(found.owner_name, found.owner_alias) : found.state === "waiting" ? words.waiting : words.closed_cases),
      this.remove(`links/${found.name}`, found.number),
    ]);
    if (!$("deadline-kind").options.length) {
      $("deadline-kind").replaceChildren(...Object.entries(periods).map(([kind, length]) => {
        const option = element("option", "", words["deadline_" + kind] + (length ? ` (${unit(length.count, length.months ? "month" : "day")})` : ""));
        option.value = kind;
        return option;
      }));
    }
    this.label();
  }

  /** The list anew; the focus stays where it was, or goes to the title when what had it is gone. */
  list(where, entries, parts) {
    const focused = document.activeElement?.closest?.(`#${where} button`)?.dataset.path;
    $(where).replaceChildren(...entries.map((entry) => { const item = element("li"); item.append(...parts(entry)); return item; }));
    if (focused) ([...$(where).querySelectorAll("button")].find((button) => button.dataset.path === focused) || $("notes-title")).focus();
  }

  remove(path, what) {
    const button = element("button", "quiet", words.remove);
    button.type = "button";
    button.dataset.path = path;
    button.setAttribute("aria-label", `${words.remove}: ${what}`);
    button.addEventListener("click", () => this.change("DELETE", path));
    return button;
  }

  label() {
    const length = this.periods?.[$("deadline-kind").value];
    $("deadline-label").textContent = length ? words.deadline_begins : words.deadline_day;
  }

  /** What was written and not saved, if there is something. */
  fill() { $("summary").value = kept(this.draftName) ?? this.saved; this.calm(); }

  async change(method, path, data) {
    $("notes-done").textContent = "";
    const answer = await this.work.ask("notes-error", method, `${this.base}/${path}`, data);
    if (answer) { $("notes-done").textContent = words.saved; await this.look(); }
    return answer;
  }

  async summary() {
    if (await this.change("PUT", "summary", { text: $("summary").value })) keep(this.draftName, null);
  }

  async deadline() {
    if (await this.change("POST", "deadlines", { kind: $("deadline-kind").value, day: $("deadline-day").value })) { $("deadline-form").reset(); this.label(); }
  }

  async link() { if (await this.change("POST", "links", { number: $("link-number").value })) $("link-form").reset(); }

  // -- another urgency, with a reason ------------------------------------------------------------------------------
  get urgency() { return this.work.conversation.found?.urgency || "none"; }

  judging() {
    $("judge-error").textContent = "";
    $("judge-list").replaceChildren(...URGENCIES.filter((one) => one !== this.urgency).map((one) => {
      const item = element("li"), label = element("label", "tick"), box = element("input");
      box.type = "radio"; box.name = "urgency"; box.value = one; box.required = true;
      label.append(box, words["urgency_" + one]);
      item.append(label);
      return item;
    }));
    this.reasons();
    $("judge").showModal();
    $("judge-title").focus();
  }

  get judged() { return $("judge-list").querySelector("input:checked")?.value; }

  /** Only what fits is offered: there is one kind of reason to lower it, and another to raise it. */
  reasons() {
    const which = this.judged, list = !which ? [] : URGENCIES.indexOf(which) > URGENCIES.indexOf(this.urgency) ? RAISED : LOWERED;
    $("judge-why").replaceChildren(...["", ...list].map((reason) => { const option = element("option", "", reason && words["why_" + reason]); option.value = reason; return option; }));
  }

  async judge() {
    const done = await this.work.ask("judge-error", "PUT", `${this.base}/urgency`, { urgency: this.judged, reason: $("judge-why").value });
    if (!done) return;
    $("judge").close();
    await this.look();
    $("about").open = true;
    $("judge-open").focus();
  }

  // -- the return code: two taps, the first one asks ---------------------------------------------------------------
  calm() { $("code-renew").textContent = words.code_renew; delete $("code-renew").dataset.asked; }

  async code() {
    const button = $("code-renew");
    if (!button.dataset.asked) { button.dataset.asked = "yes"; button.textContent = words.end_access_sure; return; }
    this.codeId ||= uuid();
    button.disabled = true;
    const done = await this.change("POST", "return-code", { id: this.codeId });
    button.disabled = false;
    if (done) this.codeId = null;
    this.calm();
    button.focus();
  }
}
