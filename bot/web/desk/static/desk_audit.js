// The audit log, the newest first, and whether its chain holds.
import { $, call, element, words } from "./desk_base.js";

export class Audit {
  constructor({ failed, at }) {
    this.failed = failed; this.at = at; this.last = null;
    $("audit-more").addEventListener("click", () => this.read());
  }

  async read() {
    const answer = await call("GET", `/desk/api/audit${this.last ? `?before=${this.last}` : ""}`);
    if (answer.status !== 200) { this.failed(answer); return; }
    if (this.last === null) await this.check();
    $("audit-list").append(...answer.data.rows.map((row) => this.row(row)));
    this.last = answer.data.rows.at(-1)?.id ?? this.last;
    $("audit-more").hidden = !answer.data.more;
    $("audit").hidden = false;
  }

  /** From the newest row on: something was done since. */
  renew() { this.last = null; $("audit-list").replaceChildren(); return this.read(); }

  async check() {
    const answer = await call("GET", "/desk/api/audit/check");
    if (answer.status !== 200) { this.failed(answer); return; }
    const broken = answer.data.breaks.map(({ row }) => row);
    $("audit-state").className = broken.length ? "fault" : "hint";
    $("audit-state").textContent = broken.length ? `${words.audit_broken} ${broken.join(", ")}` : words.audit_whole;
  }

  row(row) {
    const item = element("li", "deed");
    const detail = words["role_" + row.detail] || words["close_reason_" + row.detail] || (row.deed === "urgency" && words["urgency_" + row.detail]) || (row.deed === "recovered" ? `${words.recovery_left}: ${row.detail}` : "");
    const parts = [row.actor, words["deed_" + row.deed] || row.deed, row.subject, row.case, detail, words["why_" + row.reason]];
    item.append(element("p", "", parts.filter(Boolean).join(" · ")), element("p", "at", `${row.id} · ${this.at(row.at)}`));
    return item;
  }
}
