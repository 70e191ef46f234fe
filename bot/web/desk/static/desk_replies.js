// The ready replies that one keeps, and, for a coordinator, those of the organisation: on the page about people.
import { $, button, call, element, languageName, words } from "./desk_base.js";

const FIELDS = ["title", "text", "language"];

export class ReplyList {
  constructor({ failed, sure, supervises, lang }) {
    this.failed = failed; this.sure = sure; this.supervises = supervises; this.lang = lang; this.changed = null;
    $("reply-whose").hidden = !supervises;
    $("reply-language").value = lang;
    $("reply-form").addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    $("reply-cancel").addEventListener("click", () => this.begin(null));
  }

  async read() {
    const answer = await call("GET", "/desk/api/replies");
    if (answer.status !== 200) { this.failed(answer); return; }
    for (const whose of ["own", "shared"]) {
      const found = answer.data[whose];
      $(`replies-${whose}`).hidden = !found.length;
      $(`replies-${whose}-list`).replaceChildren(...found.map((reply) => this.row(reply, whose)));
    }
    $("replies").hidden = false;
  }

  row(found, whose) {
    const item = element("li", "person"), name = element("p", "name", found.title), text = element("p", "said", found.text);
    name.dir = text.dir = "auto"; name.lang = text.lang = found.language;
    item.append(name, text, element("p", "hint", languageName(found.language)));
    if (whose === "shared" && !this.supervises) return item;
    item.append(button(words.partner_change, `${words.partner_change}: ${found.title}`, () => this.begin(found, whose)));
    item.append(this.sure({ name: found.title }, words.remove, () => this.send("DELETE", `/${whose}/${found.id}`)));
    return item;
  }

  /** The form, empty or with what is changed in it. Whose a reply is does not change. */
  begin(found, whose) {
    this.changed = found && { ...found, whose };
    for (const field of FIELDS) $(`reply-${field}`).value = found?.[field] || (field === "language" ? this.lang : "");
    $("reply-whose").hidden = Boolean(found) || !this.supervises;
    $("reply-form-title").textContent = found ? `${words.partner_change}: ${found.title}` : words.reply_add;
    $("reply-cancel").hidden = !found;
    $("reply-form-title").focus();
  }

  save() {
    const data = Object.fromEntries(FIELDS.map((field) => [field, $(`reply-${field}`).value]));
    if (this.changed) return this.send("PUT", `/${this.changed.whose}/${this.changed.id}`, data);
    return this.send("POST", this.supervises && $("reply-for").value === "shared" ? "/shared" : "/own", data);
  }

  async send(method, path, data) {
    const answer = await call(method, `/desk/api/replies${path}`, data);
    if (answer.status !== 201 && answer.status !== 204) { this.failed(answer); return; }
    $("fault").textContent = "";
    this.begin(null);
    await this.read();
  }
}
