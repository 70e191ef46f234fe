// One conversation: read, reply, give back, close. A draft survives a reload; a reply that did not get out keeps its id, so
// that sending it again never says it twice.
import { $, at, badge, call, element, fault, keep, kept, known, lang, languageName, presence, sign, signals, uuid, words } from "./desk_base.js";
import { Held } from "./desk_held.js";
import { Told } from "./desk_told.js";
import { Composer, Reader, doubtful } from "./desk_translate.js";

const LABELS = { person: words.person, bot: words.bot, caseworker: words.caseworker, system: words.system };

/** Where the facts of a case have a place of their own beside the talk. */
const roomy = matchMedia("(min-width: 75em)");

/** For how long somebody is said to be writing after a sign of it, and how often one is sent oneself. */
const WRITES = 6000, SIGN_EVERY = 3000;

const LONG = 140;
/** What people wrote in the caseworker's language too, under what the person reads. What is long is folded. */
const ours = (text) => {
  const node = element(text.length > LONG ? "details" : "p", "was"), within = text.length > LONG ? element("summary") : node;
  within.append(element("span", "", text));
  if (within !== node) node.append(within);
  node.dir = "auto"; node.lang = lang;
  return node;
};
const choices = (labels) => {
  const node = element("p", "offered", labels.map((label) => `[${label}]`).join(" "));
  node.dir = "auto";
  return node;
};

/** A picture that is fetched when its button is pressed, and not before: it may be hard to look at. */
const picture = (id, seq) => {
  const hint = element("p", "hint", words.picture_hard), show = element("button", "", words.picture_show);
  show.type = "button";
  show.addEventListener("click", () => {
    const image = element("img", "picture");
    image.alt = words.kind_picture;
    image.addEventListener("error", () => image.replaceWith(show));
    image.src = `/desk/api/cases/${id}/pictures/${seq}`;
    hint.remove();
    show.replaceWith(image);
  });
  return [hint, show];
};

export class Conversation {
  constructor({ expired, leave, replied, ending, wiped }) {
    this.expired = expired; this.leave = leave; this.replied = replied; this.wiped = wiped;
    this.id = null; this.me = null;
    this.reader = new Reader({ put: () => this.pin() }); this.told = new Told(); this.plan = () => null;
    this.held = new Held({
      expired, plan: () => this.plan(), contact: () => this.told.contact, send: () => this.send(),
      put: ({ text, translated: was }) => this.putBack(was ? was.original : text, was?.from),
    });
    $("pin").addEventListener("click", () => this.show(this.alarm()));
    this.composer = new Composer({ send: (written, about) => (about ? this.resend(about, written) : this.dispatch(written)), written: () => $("text").value.trim() });
    $("write").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    $("text").addEventListener("input", () => { if (!$("text").value.trim()) this.composer.speak(lang); this.save(); this.grow(); this.composer.stale(); this.sign(); });
    $("text").addEventListener("keydown", (event) => {
      // Enter alone begins a new line: what goes to a person in danger is sent on purpose.
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.send(); }
    });
    // While somebody writes, what is not needed for it gives way on a screen that the keyboard has made small. It comes back a
    // moment later: a tap that takes the focus away must still hit what it was meant for.
    const writing = () => document.body.classList.toggle("writing", document.activeElement === $("text"));
    $("text").addEventListener("focus", () => { writing(); this.grow(); });
    addEventListener("resize", () => this.grow());
    $("text").addEventListener("blur", () => setTimeout(writing, 300));
    $("more-open").addEventListener("click", () => { $("more-error").textContent = ""; $("sure").hidden = true; $("hold-dropped").hidden = !this.held.list.length; $("of-help").checked = false; $("more").showModal(); });
    $("release").addEventListener("click", () => this.end("release", {}));
    const ends = (what, label, data) => { if (this.found) ending.ask(this.found, label, what, data, () => { $("more").close(); this.leave(); }); };
    $("to-bot").addEventListener("click", () => ends("to-bot", words.back_to_bot, {}));
    for (const button of document.querySelectorAll("[data-outcome]")) {
      button.addEventListener("click", () => ends("close", words[`close_reason_${button.dataset.outcome}`], { outcome: button.dataset.outcome, of_help: $("of-help").checked }));
    }
    addEventListener("visibilitychange", () => this.look());
    // Whoever reads the last words goes on reading them when the keyboard or the news takes room away.
    const talk = $("talk");
    let last = true;
    talk.addEventListener("scroll", () => { last = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60; }, { passive: true });
    new ResizeObserver(() => { if (last) talk.scrollTop = talk.scrollHeight; }).observe(talk);
  }

  get draftName() { return `draft:${this.me}:${this.id}`; }

  async open(id, found) {
    this.id = id; this.seq = 0; this.unread = 0; this.reading = null; this.again = false;
    this.unsent = []; this.alarms = []; this.queued = null; this.pin();
    $("about").hidden = false;
    $("log").replaceChildren(); $("note").textContent = $("writes").textContent = ""; $("about").open = roomy.matches;
    this.told.open(id); this.reader.open(id); this.composer.open(id); this.held.open(id);
    this.able(true);
    this.facts(found);
    $("text").value = kept(this.draftName) || "";
    this.grow();
    for (const entry of JSON.parse(kept(this.draftName + ":unsent") || "[]")) this.put(entry, "unsent");
    const { unread } = this;
    this.fresh = true;
    await this.read();
    this.fresh = false;
    if (id === this.id) this.begin(unread);
  }

  close() {
    this.look();  // what stands here was read, however quickly somebody goes back
    this.id = null; this.told.open(null); this.reader.open(null); this.composer.open(null); this.held.open(null);
    $("log").replaceChildren(); $("text").value = "";
  }

  /** What the queue knows of this case; `undefined` when it is not in the queue any more. */
  facts(found) {
    if (!found) return;
    this.found = found;
    this.composer.facts(found);
    this.unread = found.unseen ?? found.unread;  // what is muted counts for nobody else
    $("heading").textContent = found.number;
    $("more-title").textContent = `${words.case} ${found.number}`;
    $("of-help-part").hidden = found.urgency === "emergency";  // not asked as long as it is one
    const drawing = JSON.stringify([found.urgency, found.language, found.signals, found.channel, found.reachable, found.page, found.muted_until]);
    if (drawing === this.drawing) return;
    this.drawing = drawing;
    const page = presence(found), muted = found.muted_until && `${words.mute_until}: ${at(found.muted_until)}`;
    $("case-facts").replaceChildren(badge(found.urgency), ...(page ? [page, " · "] : []), element("span", "", [muted, languageName(found.language), signals(found.signals)].filter(Boolean).join(" · ")));
    const more = [!roomy.matches && signals(found.signals), found.channel && words["channel_" + found.channel], !found.reachable && words.unreachable];
    $("case-more").replaceChildren(...more.filter(Boolean).map((text) => element("p", "line", text)));
  }

  /** The queue changed: perhaps there is something to read here. */
  update(found) {
    if (this.id === null) return;
    this.queued = found;
    if (!found || found.state !== "owned" || found.owner !== this.me) { this.read(); return; }
    this.facts(found);
    this.read();
  }

  /** Reads on from the last message; one reading at a time, and once more when it was asked for meanwhile. */
  async read() {
    if (this.reading) { this.again = true; return this.reading; }
    this.reading = (async () => {
      do {
        this.again = false;
        const id = this.id;
        const answer = await call("GET", `/desk/api/cases/${id}/messages?after=${this.seq}&lang=${lang}`);
        if (id !== this.id || id === null) break;
        if (answer.status === 200) {
          this.told.draw(answer.data.told, this.found?.language);
          answer.data.messages.forEach((message) => this.draw(message));
          this.alarms = answer.data.alarms || [];
          this.pin();
          this.look();
        }
        else if (answer.status === 401) this.expired();
        else if (answer.status === 404 || answer.status === 409) this.lost(answer);
      } while (this.again);
      this.reading = null;
    })();
    return this.reading;
  }

  /** The case is somebody else's now, or gone: nothing of the person stays on the screen. */
  lost(answer) {
    this.alarms = []; this.unsent = [];
    $("log").replaceChildren(); this.pin(); this.told.open(null); this.reader.open(null); this.held.open(null);
    $("about").open = false; $("about").hidden = true;
    this.able(false);
    const { owner_name: name, owner, owner_alias: alias } = this.queued || {};
    const text = answer.code === "not_owner" && name && owner !== this.me ? `${words.taken_by}: ${known(name, alias)}` : fault(answer);
    if ($("note").textContent !== text) $("note").textContent = text;
    this.wiped();
  }

  draw(message) {
    if (message.seq <= this.seq) return;
    this.seq = message.seq;
    const log = $("log"), talk = $("talk");
    if (message.from === "caseworker") this.arrived(message);
    if (message.from === "person") $("writes").textContent = "";
    const follow = message.from === "caseworker" || talk.scrollHeight - talk.scrollTop - talk.clientHeight < 160 || this.fresh;
    const item = element("li", message.from + (message.urgency ? " " + message.urgency : ""));
    item.dataset.seq = message.seq;
    const head = element("p", "head", `${LABELS[message.from]} · `);
    const time = element("time", "", at(message.at));
    time.dateTime = message.at;
    head.append(time);
    if (message.urgency) head.append(" · " + words["urgency_" + message.urgency]);
    const came = message.kind ? `[${[words["kind_" + message.kind], message.detail].filter(Boolean).join(": ")}]` : "";
    const secret = message.key === "code.renewed";  // the gateway sends no text of it to the desk
    const text = element("p", "text", secret ? words.code_shown : came || message.text);
    text.dir = "auto";
    if ((message.from !== "caseworker" || message.own) && !secret && this.found?.language) text.lang = this.found.language;
    item.append(head, text);
    if (message.picture && words.picture_show) item.append(...picture(this.id, message.seq));
    const own = message.speaks ? languageName(message.speaks) : message.own;
    if (own && own !== message.text) item.append(ours(own));
    if (message.choices.length) {
      const offered = choices(message.choices);
      if (this.found?.language) offered.lang = this.found.language;
      item.append(offered, ...(message.own_choices ? [choices(message.own_choices)] : []));
    }
    if (message.from === "person" && !message.chosen && !message.kind) this.reader.want(message.seq, item);
    if (message.translated) item.append(...doubtful(message.translated));
    const pending = [...log.children].find((node) => node.dataset.pending) || null;
    if (["bot", "system"].includes(message.from)) this.fold(item, time, pending); else log.insertBefore(item, pending);
    if (follow) talk.scrollTop = talk.scrollHeight;
  }

  /** What the program says between two words of people is one line, which opens. */
  fold(item, time, pending) {
    const log = $("log");
    let box = pending ? pending.previousElementSibling : log.lastElementChild;
    if (!box?.classList.contains("program")) {
      box = element("li", "program");
      const details = element("details");
      details.append(element("summary"), element("ol"));
      box.append(details);
      log.insertBefore(box, pending);
    }
    const list = box.querySelector("ol");
    list.append(item);
    const count = list.children.length, urgent = item.classList.contains("emergency") || item.classList.contains("urgent");
    const said = element("span", "gist", (item.querySelector(":scope > .was") || item.querySelector(":scope > .text")).textContent);
    said.dir = "auto";
    const name = count > 1 ? `${words.bot} (${count})` : words.bot;
    box.querySelector("summary").replaceChildren(element("span", "name", `${name} · ${time.textContent}${urgent ? ` · ${item.querySelector(".head").lastChild.textContent.replace(" · ", "")}` : ""}`), said);
  }

  /** The person's message for which somebody was called: the newest of them. */
  alarm() { return this.alarms.map((seq) => $("log").querySelector(`[data-seq="${seq}"]`)).filter(Boolean).at(-1); }

  /** It stands above the talk, in their words and in one's own language as well, and leads to its place. */
  pin() {
    const item = this.alarm(), box = $("pin");
    box.hidden = !item;
    if (!item) { box.replaceChildren(); return; }
    for (const seq of this.alarms) $("log").querySelector(`[data-seq="${seq}"]`)?.classList.add("alarm");
    const parts = [".text", ".was", ".translation .text"].map((name) => item.querySelector(`:scope > ${name}`)).filter(Boolean).map((node) => {
      const text = element("span", "said", node.textContent);
      text.dir = "auto"; text.lang = node.lang || lang;
      return text;
    });
    box.replaceChildren(sign("⚠"), element("span", "sr", `${words.why}: `), ...parts);
  }

  show(item) {
    if (!item) return;
    const talk = $("talk");
    talk.scrollTop += item.getBoundingClientRect().top - talk.getBoundingClientRect().top - 8;
  }

  /** Where reading begins: at the first word of the person that nobody has read. Of a case just taken, at what raised it. */
  begin(unread) {
    const said = [...$("log").querySelectorAll("li.person")];
    if (unread && unread < said.length) this.show(said.at(-unread));
    else if (unread || !$("log").querySelector("li.caseworker:not(.held)")) this.show(this.alarm());
  }

  /** A reply of one's own stands in the conversation, though its answer may be under way or lost: it is not to be called unsent. */
  arrived({ text, seq }) {
    const pending = [...$("log").querySelectorAll(".sending"), ...$("log").querySelectorAll(".unsent")];
    const item = pending.find((node) => Number(node.dataset.after) < seq && node.querySelector(".text").textContent === text);
    if (item) this.done(item.dataset.pending);
  }

  /** A reply is in the conversation: nothing of it is to be sent any more. */
  done(id) {
    this.unsent = this.unsent.filter((entry) => entry.id !== id);
    this.save();
    this.composer.drop(id);
    this.pending(id)?.remove();
  }

  pending(id) { return [...$("log").children].find((node) => node.dataset.pending === id); }

  /** Tells the gateway that everything so far was looked at, when somebody does look. */
  look() {
    if (this.id === null || !this.unread || !this.seq || document.hidden) return;
    this.unread = 0;
    call("POST", `/desk/api/cases/${this.id}/seen`, { seq: this.seq });
  }

  // -- writing -----------------------------------------------------------------------------------------------------
  save() { keep(this.draftName, $("text").value || null); keep(this.draftName + ":unsent", this.unsent.length ? JSON.stringify(this.unsent) : null); }
  /** What was held is in the field again, behind what stands there. */
  putBack(text, language) {
    const field = $("text"), before = field.value.trimEnd();
    field.value = (before ? `${before}\n` : "") + text;
    if (!before && language) this.composer.speak(language);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
  grow() { const t = $("text"); $("later-open").hidden = !t.value.trim(); document.body.classList.toggle("written", !$("later-open").hidden); t.style.height = "auto"; t.style.height = t.scrollHeight + 2 + "px"; }
  /** That one writes, and nothing of what: their page says so. */
  sign() {
    if (!document.body.dataset.writing || !$("text").value.trim() || Date.now() - (this.signed || 0) < SIGN_EVERY) return;
    this.signed = Date.now();
    call("POST", `/desk/api/cases/${this.id}/writing`);
  }

  /** The person of a case writes: said for some seconds. */
  writes(id) {
    if (id !== this.id) return;
    $("writes").textContent = words.writing;
    clearTimeout(this.writing);
    this.writing = setTimeout(() => { $("writes").textContent = ""; }, WRITES);
  }

  able(yes) { for (const node of $("write").elements) node.disabled = !yes; }

  send() {
    const text = $("text").value.trim();
    if (!text || this.id === null || this.composer.takes(text)) return;
    this.dispatch({ text });
  }

  dispatch(written) {
    const entry = { id: uuid(), from: this.composer.from, hold: this.held.take(), ...written };
    this.unsent.push(entry);
    $("text").value = ""; this.composer.speak(lang);
    this.save(); this.grow();
    this.replied(this.id); this.composer.calm();
    this.post(entry, this.put(entry, "sending"));
    $("text").focus();
  }

  /** What was looked at now goes out under the id that it has: had it got through before, nothing is said twice. */
  resend(about, { text, translated }) {
    const entry = Object.assign(about.id ? about : { id: uuid() }, { before: about.id && about.text, text, translated, look: false });
    this.pending(entry.id)?.remove();
    this.post(entry, this.put(entry, "sending"));
  }

  /** The line works again: what only a broken one has kept back goes by itself, in order. */
  async online() {
    if (this.sending) return;
    this.sending = true;
    const { id } = this;
    for (const entry of [...this.unsent]) {
      if (id !== this.id) break;  // another case is open now: nothing of this one goes there
      const item = this.pending(entry.id);
      if (entry.offline && item?.classList.contains("unsent")) await this.post(entry, item);
      if (entry.offline) break;  // it is broken still: the next ones wait behind it
    }
    this.sending = false;
  }

  /** A reply that is not in the conversation yet. */
  put(entry, state) {
    if (!this.unsent.some((other) => other.id === entry.id)) this.unsent.push(entry);
    const item = element("li", `caseworker ${state}${entry.look ? " look" : ""}`);
    item.dataset.pending = entry.id;
    item.dataset.after = entry.after;
    const head = element("p", "head", state === "sending" ? words.sending : entry.look ? `${words.not_sent}: ${words.look_first}` : words.not_sent);
    const text = element("p", "text", entry.text);
    text.dir = "auto";
    const again = element("button", "", words.retry);
    again.type = "button";
    again.hidden = state === "sending";
    again.addEventListener("click", () => { if (entry.look) this.composer.review(entry); else this.post(entry, item); });
    item.append(head, text, ...(entry.translated ? doubtful({ original: entry.translated.text, from: entry.translated.own, doubts: [] }) : []), again);
    $("log").append(item);
    $("talk").scrollTop = $("talk").scrollHeight;
    return item;
  }

  async post(entry, item) {
    const id = this.id, name = this.draftName;
    entry.after ??= this.seq;  // only what comes after this can be it: the same words may have been said before
    item.className = "caseworker sending";
    item.dataset.after = entry.after;
    item.querySelector(".head").textContent = words.sending;
    item.querySelector("button").hidden = true;
    entry.offline = false;
    this.save();
    const answer = await call("POST", `/desk/api/cases/${id}/messages`, { id: entry.id, text: entry.text, translated: entry.translated, hold: entry.hold });
    if (answer.code === "hold_time" && id === this.id) {  // its time has passed meanwhile: it is not sent at another one
      this.done(entry.id);
      this.putBack(entry.translated?.text ?? entry.text, entry.translated?.own ?? entry.from);
      $("note").textContent = fault(answer);
      return;
    }
    if (answer.status === 202) {
      const left = JSON.parse(kept(name + ":unsent") || "[]").filter((other) => other.id !== entry.id);
      keep(name + ":unsent", left.length ? JSON.stringify(left) : null);
      if (id !== this.id) return;
      await (entry.hold ? this.held.look() : this.read());
      if (id !== this.id) return;
      this.done(entry.id);
      if (entry.hold) $("talk").scrollTop = $("talk").scrollHeight;
      $("whisper").textContent = entry.hold ? `${words.hold_until}: ${at(entry.hold.at)}` : words.sent;
      this.changed(entry, answer.data.seq);
      return;
    }
    if (answer.code === "look_first") await this.read();
    if (id !== this.id || !item.isConnected) return;
    if (answer.code === "look_first") {
      // There is danger only since then, or the gateway was started anew. Had it got through, it would stand there by now.
      // What was sent as one's own words, and is what was drafted here as a translation, is looked at as one.
      entry.look = true;
      entry.translated ??= { text: entry.text, own: entry.from || lang };
      this.save();
    }
    entry.offline = answer.status === 0 || answer.status >= 500;
    this.save();
    item.className = `caseworker unsent${entry.look ? " look" : ""}`;
    item.querySelector(".head").textContent = `${words.not_sent}: ${fault(answer)}`;
    item.querySelector("button").hidden = false;
    item.scrollIntoView({ block: "nearest" });
    $("talk").scrollTop = $("talk").scrollHeight;
    $("shout").textContent = words.not_sent;
    if (answer.status === 401) this.expired();
  }

  /** The first try had got through after all: what was changed since then is a reply of its own, to be sent or not. */
  changed({ before, text, translated }, seq) {
    if (!before || before === text || $("log").querySelector(`[data-seq="${seq}"] .text`)?.textContent !== before) return;
    this.put({ id: uuid(), text, translated, after: this.seq, look: Boolean(translated) }, "unsent");
    this.save();
  }

  /** Nothing more is written in a case that is over. */
  over(id) { const name = `draft:${this.me}:${id}`; keep(name, null); keep(name + ":unsent", null); keep(`from:${id}`, null); }

  async end(what, data) {
    const answer = await call("POST", `/desk/api/cases/${this.id}/${what}`, data);
    if (answer.status === 204) {
      this.over(this.id);
      $("more").close();
      this.leave();
    } else if (answer.status === 401) { $("more").close(); this.expired(); }
    else $("more-error").textContent = fault(answer);
  }
}
