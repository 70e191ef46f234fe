// One case by its number: a coordinator's look, a page to print, an encrypted ZIP. Each asks for a reason.
import { $, at, badge, call, element, fault, lang, languageName, send, signals, words } from "./desk_base.js";
import { marked } from "./desk_translate.js";

/** Under what a machine translated: that it did, what may be wrong with it, and what was written. */
const machine = ({ original, from, doubts }) => {
  const text = element("p", "text", original);
  text.dir = "auto"; text.lang = from;
  const marks = doubts.length ? [marked(doubts)] : [];
  return [element("p", "head", words.translation), ...marks, element("p", "head", `${words.original} (${languageName(from)})`), text];
};

export class One {
  constructor({ failed, supervises }) {
    this.failed = failed;
    $("look").hidden = !supervises;
    $("one").hidden = false;
    $("number").value = decodeURIComponent(/^#case=(.+)$/.exec(location.hash)?.[1] || "");
    for (const id of ["look", "print", "zip"]) $(id).addEventListener("click", () => { $("zip-password").required = id === "zip"; });
    $("one-form").addEventListener("submit", (event) => { event.preventDefault(); this.ask(event.submitter?.value || "page"); });
  }

  async ask(what) {
    const data = { number: $("number").value, reason: $("reason").value };
    $("one-fault").textContent = "";
    $("paper").hidden = true;
    if (what === "zip") { await this.zip({ ...data, form: "zip", password: $("zip-password").value }); return; }
    const path = what === "look" ? "/desk/api/looks" : "/desk/api/exports";
    const answer = await call("POST", `${path}?lang=${encodeURIComponent(lang)}`, what === "look" ? data : { ...data, form: "page" });
    if (answer.status !== 200) { this.refused(answer); return; }
    this.draw(answer.data);
    if (what === "page") print();
  }

  refused(answer) {
    if (answer.status === 401) { this.failed(answer); return; }
    $("one-fault").textContent = answer.code === "not_found" ? words.no_such_case : fault(answer);
  }

  async zip(data) {
    let answer;
    try { answer = await send("POST", `/desk/api/exports?lang=${encodeURIComponent(lang)}`, data); } catch { this.refused({ status: 0, code: "offline" }); return; }
    if (answer.status !== 200) {
      const body = await answer.json().catch(() => null);
      this.refused({ status: answer.status, code: body?.error?.code || "" });
      return;
    }
    const link = element("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "")?.[1] || "case.zip";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    $("zip-password").value = "";
  }

  draw({ case: found, messages, told, extent }) {
    $("paper-title").textContent = `${words.case} ${found.number}`;
    $("paper-facts").replaceChildren(badge(found.urgency), ` ${languageName(found.language)} · ${at(found.opened_at)} · ${signals(found.signals)}`);
    $("paper-extent").textContent = extent === "facts" ? words.export_facts : "";
    $("paper-told").replaceChildren(...told.map(({ title, lines }) => {
      const box = element("section"), list = element("dl");
      for (const { label, text } of lines) { const said = element("dd", "", text); said.dir = "auto"; list.append(element("dt", "", label), said); }
      box.append(element("h3", "", title), list);
      return box;
    }));
    $("paper-log").replaceChildren(...messages.map((message) => {
      const item = element("li"), text = element("p", "text", message.key === "code.renewed" ? words.code_shown : message.text);
      text.dir = "auto";
      item.append(element("p", "head", `${words[message.from]} · ${at(message.at)}`), text);
      const own = message.speaks ? languageName(message.speaks) : message.own;
      if (own && own !== message.text) {
        const ours = element("p", "head", own);
        ours.dir = "auto"; ours.lang = lang;
        item.append(ours);
      }
      if (message.translated) item.append(...machine(message.translated));
      return item;
    }));
    $("paper").hidden = false;
    $("paper-title").focus();
  }
}
