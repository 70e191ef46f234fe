// Partner organisations in a case: one that is tapped stands in the field to write in, where it is looked at before it goes out.
import { $, call, element } from "./desk_base.js";

const SEARCHED_FROM = 7;

/** What the person gets: the note is for colleagues. */
const written = ({ name, phone, hours, languages }) => [[name, phone].filter(Boolean).join(": "), [hours, languages].filter(Boolean).join(" · ")].filter(Boolean).join("\n");

export class Refer {
  constructor() {
    this.any = false;
    $("refer-find").addEventListener("input", () => this.narrow());
  }

  async read() {
    const answer = await call("GET", "/desk/api/partners");
    if (answer.status !== 200) return;
    this.any = answer.data.partners.length > 0;
    $("refer-find").hidden = answer.data.partners.length < SEARCHED_FROM;
    $("refer-find").value = "";
    $("refer-list").replaceChildren(...answer.data.partners.map((found) => this.row(found)));
  }

  /** They stand under the ready replies, and give way while one of those is looked at. */
  show(yes) { $("refer").hidden = !yes || !this.any; }

  row(found) {
    const item = element("li"), put = element("button", "reply"), lines = [found.name, found.phone, found.hours, found.languages, found.note];
    put.type = "button";
    put.append(...lines.filter(Boolean).map((text, place) => { const line = element("span", place ? "hint" : "", text); line.dir = "auto"; return line; }));
    put.addEventListener("click", () => this.put(found));
    item.append(put);
    item.dataset.said = lines.join(" ").toLocaleLowerCase();
    return item;
  }

  narrow() {
    const wanted = $("refer-find").value.trim().toLocaleLowerCase().split(/\s+/);
    for (const item of $("refer-list").children) item.hidden = !wanted.every((word) => item.dataset.said.includes(word));
  }

  /** Behind what is written there already. */
  put(found) {
    const field = $("text"), before = field.value.trimEnd();
    field.value = (before ? `${before}\n` : "") + written(found);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    $("canned").close();
    field.focus();
  }
}
