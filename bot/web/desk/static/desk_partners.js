// The list of partner organisations, which a coordinator keeps: on the page about people.
import { $, button, call, element, words } from "./desk_base.js";

const FIELDS = ["name", "phone", "hours", "languages", "note"];

export class PartnerList {
  constructor({ failed, sure }) {
    this.failed = failed; this.sure = sure; this.changed = null;
    $("partner-form").addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    $("partner-cancel").addEventListener("click", () => this.begin(null));
  }

  async read() {
    const answer = await call("GET", "/desk/api/partners");
    if (answer.status !== 200) { this.failed(answer); return; }
    $("partners-list").replaceChildren(...answer.data.partners.map((found) => this.row(found)));
    $("partners").hidden = false;
  }

  row(found) {
    const item = element("li", "person"), name = element("p", "name", found.name);
    name.dir = "auto";
    item.append(name, ...["phone", "hours", "languages", "note"].filter((field) => found[field]).map((field) => {
      const line = element("p", "hint", found[field]);
      line.dir = "auto";
      return line;
    }));
    item.append(button(words.partner_change, `${words.partner_change}: ${found.name}`, () => this.begin(found)));
    item.append(this.sure(found, words.remove, () => this.send("DELETE", `/desk/api/partners/${found.id}`)));
    return item;
  }

  /** The form, empty or with what is changed in it. */
  begin(found) {
    this.changed = found;
    for (const field of FIELDS) $(`partner-${field}`).value = found?.[field] || "";
    $("partner-title").textContent = found ? `${words.partner_change}: ${found.name}` : words.partner_add;
    $("partner-cancel").hidden = !found;
    $("partner-title").focus();
  }

  save() {
    const data = Object.fromEntries(FIELDS.map((field) => [field, $(`partner-${field}`).value]));
    return this.changed ? this.send("PUT", `/desk/api/partners/${this.changed.id}`, data) : this.send("POST", "/desk/api/partners", data);
  }

  async send(method, path, data) {
    const answer = await call(method, path, data);
    if (answer.status !== 201 && answer.status !== 204) { this.failed(answer); return; }
    $("fault").textContent = "";
    this.begin(null);
    await this.read();
  }
}
