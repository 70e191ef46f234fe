// Ready replies that people keep, in a case: they stand before those of the program, and a tap puts one into the field to write
// in. Nothing is sent by it.
import { $, call, element, lang, languageName, words } from "./desk_base.js";

export class OwnReplies {
  constructor({ put }) {
    this.after = put; this.kept = [];
    $("canned-find").addEventListener("input", () => this.narrow());
  }

  async read() {
    const answer = await call("GET", "/desk/api/replies");
    if (answer.status !== 200) return;
    const of = (list, whose) => list.map((reply) => ({ ...reply, whose }));
    this.kept = [...of(answer.data.own, words.reply_mine), ...of(answer.data.shared, words.reply_shared)];
  }

  /** One's own first, then those of the organisation; `others`: the rows of the program's. */
  draw(others) {
    $("canned-list").replaceChildren(...this.kept.map((reply) => this.row(reply)), ...others);
    for (const item of $("canned-list").children) item.dataset.said = item.textContent.toLocaleLowerCase();
    $("canned-find").value = "";
    this.narrow();
  }

  row(reply) {
    const item = element("li"), put = element("button", "reply kept"), title = element("span", "title", reply.title), text = element("span", "text", reply.text);
    put.type = "button";
    title.dir = text.dir = "auto"; title.lang = text.lang = reply.language;
    put.append(title, text, element("span", "hint", [reply.whose, reply.language === lang ? "" : languageName(reply.language)].filter(Boolean).join(" · ")));
    put.addEventListener("click", () => this.put(reply));
    item.append(put);
    return item;
  }

  narrow() {
    const wanted = $("canned-find").value.trim().toLocaleLowerCase().split(/\s+/), items = [...$("canned-list").children];
    for (const item of items) item.hidden = !wanted.every((word) => item.dataset.said.includes(word));
    $("canned-none").hidden = !items.length || items.some((item) => !item.hidden);
  }

  /** Behind what is written there already. */
  put({ text, language }) {
    const field = $("text"), before = field.value.trimEnd();
    field.value = (before ? `${before}\n` : "") + text;
    if (!before) this.after(language);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    $("canned").close();
    field.focus();
  }
}
