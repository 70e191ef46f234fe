// What a machine translates at the desk: the person's words beside their original, and one's own words before they are
// sent. The original is always there first; a translation that does not come costs nothing but itself.
import { $, call, element, keep, kept, lang, languageName, sign, words } from "./desk_base.js";

const AT_ONCE = 8;
/** Languages whose letters alone tell that something is written in them. */
const LETTERS = { ar: /\p{Script=Arabic}/u, bg: /\p{Script=Cyrillic}/u, ru: /\p{Script=Cyrillic}/u, uk: /\p{Script=Cyrillic}/u, zh: /\p{Script=Han}/u };
const REST = 700;  // ms without a key pressed before a changed translation is translated back

const doubts = (list) => `${words.doubts} ${list.map((id) => words["doubt_" + id] || id).join(" · ")}`;
const missing = (reason) => ({ missing: words.missing_missing, unknown: words.missing_unknown }[reason] || words.missing_late);
/** `of`: what the marks are of, where they could be taken for another's. */
export const marked = (list, of = "") => {
  const node = element("p", "doubts");
  node.append(sign("⚠"), ` ${of && `${of} · `}${doubts(list)}`);
  return node;
};

/** Under a translated reply: what was written, and what may be wrong with what the person reads. */
export const doubtful = ({ original, from, doubts: list }) => {
  const text = element("p", "was", original);
  text.dir = "auto"; text.lang = from;
  return [element("p", "head", `${words.original} (${languageName(from)})`), text, ...(list.length ? [marked(list)] : [])];
};

/** Puts under the `.text` of an item what a machine made of it, or why there is nothing. */
export const put = (item, found, again) => {
  item.querySelector(".translation")?.remove();
  if (found.same) return;
  const box = element("div", "translation");
  if (found.missing) {
    box.classList.toggle("none", found.missing === "missing");
    box.append(element("p", "head", missing(found.missing)));
    if (!["missing", "unknown"].includes(found.missing)) {
      const button = element("button", "quiet", words.retry);
      button.type = "button";
      button.addEventListener("click", () => { box.replaceChildren(element("p", "head", words.translating)); again(); });
      box.append(button);
    }
  } else {
    item.querySelector(".text").lang = found.from;
    const text = element("p", "text", found.text);
    text.dir = "auto"; text.lang = lang;
    box.append(element("p", "head", `${words.translation} · ${found.via.map(languageName).join(" → ")}`), text);
    if (found.doubts.length) box.append(marked(found.doubts));
  }
  item.append(box);
};

/** Puts translations under what the person wrote, the newest first. */
export class Reader {
  constructor({ put }) { this.after = put; }

  open(id) { this.id = id; this.wanted = []; this.busy = false; }

  want(seq, item) {
    this.wanted.push({ seq, item });
    queueMicrotask(() => this.go());
  }

  async go() {
    if (this.busy || !this.wanted.length || this.id === null) return;
    this.busy = true;
    const id = this.id;
    const some = this.wanted.splice(-AT_ONCE);
    const answer = await call("POST", `/desk/api/cases/${id}/translations`, { seqs: some.map((one) => one.seq), into: lang });
    if (id !== this.id) return;
    const found = new Map((answer.data?.translations || []).map((one) => [one.seq, one]));
    if (answer.status === 200 || answer.status === 0 || answer.status >= 500) {
      for (const one of some) this.put(one, found.get(one.seq) || { missing: "slow" });
    }
    this.busy = false;
    this.go();
  }

  put({ seq, item }, found) {
    const talk = $("talk");
    const last = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
    put(item, found, () => this.want(seq, item));
    for (const said of [...$("log").querySelectorAll(".translation.none")].slice(0, -1)) said.remove();  // once is enough
    this.after();
    if (last) talk.scrollTop = talk.scrollHeight;
  }
}

/** Between writing and sending: the translation, and that translated back. */
export class Composer {
  constructor({ send, written }) {
    this.send = send; this.written = written;
    this.pairs = {}; this.from = lang; this.about = null; this.speaks = [];
    this.under = element("div");  // the marks of the back-translation; those of the translation stand after it
    this.under.id = "draft-back-doubts"; this.under.setAttribute("role", "status");
    $("draft-back").after(this.under);
    $("translating").addEventListener("click", () => this.mode(!this.on));
    $("draft-text").addEventListener("input", () => this.edited());
    $("draft-looked").addEventListener("change", () => this.able());
    $("draft-more").addEventListener("click", () => this.others());
    $("draft-plain").addEventListener("click", () => this.plain());
    $("draft-send").addEventListener("click", () => this.done());
  }

  /** What is translated: a reply that waits for a look, else what stands in the field. */
  original() { return this.about?.translated.text ?? this.written(); }
  get own() { return this.about?.translated.own ?? this.from; }
  /** The languages that what is written can be translated into and back; null as long as nobody knows. */
  get partners() { return this.pairs[this.from] ?? null; }

  /** Until the queue tells, it is danger and in another language: what is written leads to a look, and does not go out in
   *  one's own language by accident. */
  open(id) {
    this.id = id; this.number = 0; this.on = id !== null && kept(`plain:${id}`) === null;
    this.needed = this.danger = true; this.to = null; this.found = null;
    this.from = kept(`from:${id}`) || lang;
    this.name(); this.stale(); this.calm();
  }

  /** What stands in the field is in this language: one's own, but for a ready reply that was put there. */
  speak(language) {
    if (language === this.from || this.id === null) return;
    this.from = language;
    keep(`from:${this.id}`, language === lang ? null : language);
    if (this.found) this.facts(this.found);
  }

  /** Whether what is written goes out untranslated to somebody who writes another language, which the caseworker has not
   *  said to write. */
  get foreign() {
    const theirs = this.found?.language;
    return Boolean(theirs) && theirs !== this.from && !(this.needed && this.on) && !(this.from === lang && this.speaks.includes(theirs));
  }

  /** True when it was not sent, but asked first: once in a case. */
  asks(text) {
    if (!this.foreign || LETTERS[this.found.language]?.test(text) || kept(`foreign:${this.id}`) !== null) return false;
    keep(`foreign:${this.id}`, "1");
    const theirs = languageName(this.found.language);
    $("foreign-what").textContent = `${words.writes_in}: ${theirs}. ${words.send_anyway}`;
    $("foreign-canned").textContent = `${words.canned} (${theirs})`;
    $("foreign").hidden = false;
    return true;
  }

  calm() { $("foreign").hidden = true; $("foreign-what").textContent = ""; }

  /** Whether there is anything to translate here, and whether the back-translation must be looked at. */
  facts(found) {
    this.found = found;
    // As long as it is not known what can be translated, nothing goes out in the wrong language by accident: also where
    // the queue does not know yet which language it is.
    if (this.partners === null) this.meet();
    this.needed = found.language !== this.from && (this.partners?.includes(found.language) ?? true);
    this.danger = found.urgency !== "none";
    this.to = found.language;
    $("translating").hidden = !this.needed;
    this.mode(this.on);
    // What was to be looked at only since nobody knew yet: the words are in the field, and the button sends them.
    if (!this.needed && !this.about && !$("draft").hidden && !$("draft-text").value) this.stale();
    if (!$("draft").hidden) this.forWhom();  // danger may have come since it was drawn, or the queue itself
  }

  /** Which languages there are packages for; without any the desk is as it is. */
  async meet() {
    const { from } = this;
    if (this.asking === from) return;
    this.asking = from;
    const [answer, own] = await Promise.all([call("GET", `/desk/api/translation/${from}`), call("GET", "/desk/api/skills")]);
    this.asking = null;
    this.speaks = own.data?.languages || [];
    // 422: nobody at the desk works in it, so nothing is translated from it. Else it is asked again when the queue changes.
    if (![200, 404, 422].includes(answer.status)) return;
    this.pairs[from] = answer.data?.languages || [];
    if (this.found) this.facts(this.found);  // the case may have been left meanwhile
  }

  mode(on) {
    this.on = on;
    keep(`plain:${this.id}`, on ? null : "1");
    $("translating").setAttribute("aria-pressed", String(on));
    this.name();
    if (!on && !this.about) this.stale();
  }

  name() {
    const theirs = this.found?.language;
    $("text").placeholder = theirs && theirs !== lang ? `${words.writes_in}: ${languageName(theirs)}` : words.write_reply;
    $("reply").firstElementChild.textContent = this.needed && this.on ? words.translate : words.reply;
  }

  stale() {
    this.number += 1;  // whatever is under way belongs to other words
    this.about = null;
    $("draft").hidden = true;
    document.body.classList.remove("drafting");
    $("draft-others").replaceChildren();
    clearTimeout(this.resting);
  }

  /** True when the words are to be translated before they are sent. */
  takes(text) {
    if (!this.needed || !this.on) return this.asks(text);
    this.about = null;
    this.show(null);
    this.ask("drafts", { text, own: this.from });
    return true;
  }

  /** A reply that was not sent, since its back-translation has to be looked at: as it was, with what was changed in it. */
  review(entry) {
    this.stale();
    this.about = entry;
    $("draft-text").value = entry.text;
    this.show(null, false);
    this.again();
  }

  /** It has got through meanwhile. What was changed in it by then becomes a reply of its own. */
  drop(id) {
    if (this.about?.id !== id) return;
    if ($("draft-text").value.trim() === this.about.text) this.stale(); else this.about = { ...this.about, id: null };
  }

  async ask(path, data) {
    const mine = ++this.number;
    const answer = await call("POST", `/desk/api/cases/${this.id}/${path}`, data);
    if (mine === this.number) this.show(answer.status === 200 ? answer.data : { missing: "broken" }, path === "drafts");
  }

  /** `null`: under way. */
  show(found, fresh = true) {
    $("draft").hidden = false;
    document.body.classList.add("drafting");
    $("draft-looked").checked = false;
    this.forWhom();
    const there = found && !found.missing;
    this.back = there && found.back ? found.back.text : null;
    if (fresh) $("draft-text").value = there ? found.text : "";
    $("draft-text").disabled = !there && fresh;
    $("draft-more").disabled = !there;
    const list = there ? found.doubts : [];
    $("draft-doubts").replaceChildren(...(list.length ? [sign("⚠"), ` ${doubts(list)}`] : []));
    $("draft-back").textContent = !found ? words.translating : found.missing ? missing(found.missing) : this.back ?? words.back_missing;
    const wrong = there && found.back?.doubts || [];
    this.under.replaceChildren(...(wrong.length ? [marked(wrong, words.back_translation)] : []));
    this.able();
    const box = $("draft-text");
    box.style.height = "auto"; box.style.height = box.scrollHeight + 2 + "px";
    $("draft").scrollIntoView({ block: "end" });
  }

  /** In which language the person reads it, and whether it has to be looked at. */
  forWhom() {
    $("draft-to").textContent = this.to ? `(${languageName(this.to)})` : "";
    $("draft-text").lang = this.to || "";
    $("draft-look").hidden = !this.danger;
    this.able();
  }

  able() {
    const looked = !this.danger || (this.back !== null && $("draft-looked").checked);
    $("draft-looked").disabled = this.back === null;
    $("draft-send").disabled = !$("draft-text").value.trim() || $("draft-text").disabled || !looked;
  }

  edited() {
    this.number += 1;
    this.back = null;
    $("draft-looked").checked = false;
    $("draft-back").textContent = words.translating;
    this.under.replaceChildren();
    this.able();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.again(), REST);
  }

  again() {
    const text = $("draft-text").value.trim();
    if (text) this.ask("drafts/back", { text, original: this.original(), own: this.own });
  }

  async others() {
    const mine = this.number;
    const answer = await call("POST", `/desk/api/cases/${this.id}/drafts/alternatives`, { text: this.original(), own: this.own });
    if (mine !== this.number) return;
    const list = (answer.data?.alternatives || []).filter((one) => one.text !== $("draft-text").value);
    $("draft-others").replaceChildren(...list.map((one) => {
      const button = element("button", "other", one.text);
      button.type = "button"; button.dir = "auto"; button.lang = this.to;
      if (one.doubts.length) button.append(marked(one.doubts));
      button.addEventListener("click", () => { $("draft-text").value = one.text; $("draft-others").replaceChildren(); this.edited(); });
      return button;
    }));
    $("draft-more").disabled = !list.length;
  }

  /** Sent as it was written. */
  plain() {
    const text = this.original(), about = this.about;
    this.stale();
    if (text) this.send({ text }, about);
  }

  done() {
    const text = $("draft-text").value.trim(), original = this.original();
    if (!text || !original) return;
    const { about, own } = this, looked = $("draft-looked").checked;
    this.stale();
    // What waits for a look goes out as what was looked at, even where both are the same.
    this.send(text === original && !about ? { text } : { text, translated: { text: original, own, looked } }, about);
  }
}
