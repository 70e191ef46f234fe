// What the person answered in questions: on top of a case, to be read before anything else, and to be folded away. What
// they wrote in words of their own is there at once; a machine's translation comes under it when it is made.
import { $, call, element, lang, words } from "./desk_base.js";
import { put } from "./desk_translate.js";

export class Told {
  open(id) {
    this.id = id; this.drawing = null; this.contact = "";
    $("told").replaceChildren(); $("told").hidden = true;
  }

  /** `language`: the person's, as far as it is known. */
  draw(parts, language) {
    const box = $("told"), drawing = JSON.stringify(parts);
    if (drawing === this.drawing) return;
    const shut = this.drawing !== null && !box.querySelector("details")?.open;
    this.drawing = drawing;
    this.contact = parts.flatMap(({ lines }) => lines).filter(({ label }) => label === words.told_contact).map(({ text }) => text).join(" · ");
    this.own = new Map();
    box.hidden = !parts.length;
    box.replaceChildren(...parts.map(({ title, lines }) => {
      const details = element("details"), list = element("dl");
      details.open = !shut;
      for (const line of lines) list.append(element("dt", "", line.label), this.line(line, language));
      details.append(element("summary", "", title), list);
      return details;
    }));
    if (this.own.size) this.ask();
  }

  line({ text, own_words }, language) {
    const item = element("dd", own_words ? "own" : ""), said = element("p", "text", text);
    said.dir = "auto";
    item.append(said);
    if (own_words) {
      if (language) said.lang = language;
      this.own.set(text, [...this.own.get(text) || [], item]);
    }
    return item;
  }

  async ask() {
    const { id, own } = this;
    const answer = await call("POST", `/desk/api/cases/${id}/translations/told`, { into: lang });
    if (id !== this.id || own !== this.own) return;
    if (answer.status !== 200 && answer.status !== 0 && answer.status < 500) return;
    const found = new Map((answer.data?.translations || []).map((one) => [one.of, one]));
    for (const [text, items] of own) for (const item of items) put(item, found.get(text) || { missing: "slow" }, () => this.ask());
  }
}
