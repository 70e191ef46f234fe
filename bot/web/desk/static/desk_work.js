// A case besides the talk: ready-made replies, notes and plans, giving it to a colleague, taking up a closed one; and what the
// caseworker can do. Whatever is sent keeps its id until it got through, so that sending again never does it twice.
import { $, at, call, dayOf, element, fault, keep, kept, known, lang, languageName, unit, uuid, words } from "./desk_base.js";

import { OwnReplies } from "./desk_own.js";
import { Refer } from "./desk_refer.js";

const LOOK_EVERY = 30000;

/** Whether `now` ("HH:MM") lies outside a window, which may go over midnight. */
export const outside = ({ start, end }, now) => Boolean(start && end) && (start <= end ? now < start || now >= end : now < start && now >= end);

/** The ready replies that a talk needs at its beginning and later on: the first three that were not said yet. */
const LIKELY = {
  danger: ["welcome", "safe_now", "where", "call_now", "someone_comes", "here"],
  calm: ["welcome", "talk_now", "here", "safe_now", "no_name", "thanks"],
};

const press = (label, className, act) => {
  const button = element("button", className, label);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
};

export class Work {
  constructor({ conversation, open, expired }) {
    this.conversation = conversation; this.openCase = open; this.expired = expired;
    this.id = null; this.me = null; this.plan = null; this.replies = []; this.drawing = ""; this.refer = new Refer();
    conversation.plan = () => this.plan;
    this.own = new OwnReplies({ put: (language) => conversation.composer.speak(language) });
    for (const name of ["canned-open", "foreign-canned"]) $(name).addEventListener("click", () => this.canned());
    $("canned-other").addEventListener("click", () => this.choose());
    $("canned-send").addEventListener("click", () => this.say());
    $("canned-all").addEventListener("keydown", (event) => this.walk(event));
    $("text").addEventListener("keydown", (event) => {
      if (event.key !== "/" || $("text").value || event.isComposing) return;
      event.preventDefault();
      this.canned();
    });
    $("notes-open").addEventListener("click", () => this.notes());
    this.typed = new Set();
    $("plan-form").addEventListener("input", ({ target }) => this.typed.add(target.id));
    $("note-form").addEventListener("submit", (event) => { event.preventDefault(); this.note(); });
    $("note-text").addEventListener("input", () => keep(this.noteName, $("note-text").value || null));
    $("plan-form").addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    $("more-open").addEventListener("click", () => { this.colleagues(); this.centres(); });
    for (const button of document.querySelectorAll("[data-days]")) button.append(` · ${words.kept} ${unit(Number(button.dataset.days), "day")}`);
    $("offered-keep").addEventListener("click", () => this.take());
    $("skills-open").addEventListener("click", () => this.skills());
    $("skills-form").addEventListener("submit", (event) => { event.preventDefault(); this.able(); });
    $("shown-open").addEventListener("click", () => this.shown());
    $("shown-form").addEventListener("submit", (event) => { event.preventDefault(); this.name(); });
    setInterval(() => this.window(), LOOK_EVERY);
  }

  get base() { return `/desk/api/cases/${this.id}`; }
  get noteName() { return `note:${this.me}:${this.id}`; }

  open(id, found) {
    this.close();
    this.id = id;
    this.facts(found);
    this.look();
    this.likely();
  }

  close() {
    this.id = null; this.plan = null; this.noteId = null; this.replies = []; this.three();
    $("offered").hidden = true; $("plan-line").hidden = true; $("outside").textContent = "";
    this.own.kept = [];
    for (const list of ["canned-list", "notes-list", "colleagues"]) $(list).replaceChildren();
    for (const name of ["canned", "notes"]) if ($(name).open) $(name).close();
    $("note-text").value = ""; $("plan-form").reset();
  }

  /** What the queue knows of the case that is open. */
  facts(found) {
    if (this.id === null || !found) return;
    const mine = found.owner === this.me && found.offered_to !== null;
    $("offered").querySelector("span").textContent = mine ? `${words.transfer_offered}: ${found.offered_to_name}` : "";
    $("offered").hidden = !mine;
    this.three();
  }

  /** The answer, or null when it is a fault: then it stands in `where`. */
  async ask(where, method, path, data) {
    const answer = await call(method, path, data);
    if (answer.status >= 200 && answer.status < 300) { $(where).textContent = ""; return answer; }
    $(where).textContent = fault(answer);
    if (answer.status === 401) {
      for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
      this.expired();
    }
    return null;
  }

  // -- ready-made replies ------------------------------------------------------------------------------------------
  async likely() {
    const id = this.id, answer = await call("GET", `${this.base}/canned/${lang}`);
    if (id !== this.id || answer.status !== 200) return;
    this.replies = answer.data.replies;
    this.three();
  }

  /** The likely ones stand above the field: one press from what the person would read. */
  three() {
    const { found } = this.conversation, said = new Set([...$("log").querySelectorAll(".caseworker > .text")].map((node) => node.textContent));
    const wanted = LIKELY[found && found.urgency !== "none" ? "danger" : "calm"];
    const replies = wanted.map((id) => this.replies.find((reply) => reply.id === id)).filter((reply) => reply && !said.has(reply.person)).slice(0, 3);
    const drawing = replies.map(({ id }) => id).join(" ");
    if (drawing === this.drawing) return;
    this.drawing = drawing;
    $("likely").hidden = !replies.length;
    $("likely").replaceChildren(...replies.map((reply) => press(reply.own, "quiet", () => this.straight(reply.id))));
  }

  async straight(id) {
    if ($("canned-open").disabled || $("canned").open) return;
    $("canned-all").hidden = true; $("canned-look").hidden = true; $("canned-error").textContent = ""; this.refer.show(false);
    $("canned").showModal();
    await this.fill();
    const reply = this.replies.find((one) => one.id === id);
    if (reply) this.preview(reply); else this.choose();
  }

  async canned() {
    if ($("canned-open").disabled || $("canned").open) return;
    $("canned").showModal();
    await this.fill();
    this.choose();
  }

  /** All of them, those of the program as the person of the case would read them now. */
  async fill() {
    const [answer] = await Promise.all([this.ask("canned-error", "GET", `${this.base}/canned/${lang}`), this.refer.read(), this.own.read()]);
    this.replies = answer?.data.replies || [];
    this.own.draw(this.replies.map((reply) => {
      const item = element("li");
      item.append(press(reply.own, "reply", () => this.preview(reply)));
      return item;
    }));
  }

  choose() {
    $("canned-all").hidden = false; $("canned-look").hidden = true; $("canned-error").textContent = ""; this.refer.show(true);
    ($("canned-list").querySelector("button") || $("canned-title")).focus();
  }

  /** Up and down walk through the replies, and from the search into them. */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...$("canned-list").querySelectorAll("li:not([hidden]) > button")], here = all.indexOf(document.activeElement);
    if (!step || !all.length || (here < 0 && event.target !== $("canned-find"))) return;
    event.preventDefault();
    all.at(here < 0 && step < 0 ? -1 : (here + step) % all.length).focus();
  }

  /** Nothing goes to a person unseen: first what they would read. */
  preview(reply) {
    this.reply = { id: uuid(), reply: reply.id };
    $("canned-own").textContent = reply.own;
    $("canned-own").hidden = reply.own === reply.person;
    $("canned-person").textContent = reply.person;
    $("canned-person").lang = this.conversation.found?.language || "";
    $("canned-all").hidden = true; $("canned-look").hidden = false; this.refer.show(false);
    $("canned-send").focus();
  }

  async say() {
    $("canned-send").disabled = true;
    const answer = await this.ask("canned-error", "POST", `${this.base}/canned`, this.reply);
    $("canned-send").disabled = false;
    if (!answer) return;
    $("canned").close();
    $("text").focus();
    await this.conversation.read();
    this.three();
    $("whisper").textContent = words.sent;
  }

  // -- notes and plans ---------------------------------------------------------------------------------------------
  async notes() {
    $("notes-done").textContent = "";
    $("notes").showModal();
    $("notes-title").focus();
    $("note-text").value = kept(this.noteName) || "";
    const id = this.id;
    this.typed.clear();
    this.fillPlan();
    await this.look();
    if (id !== this.id) return;
    this.fillPlan();
    await this.list();
  }

  /** What is kept, but for what was typed since these notes were opened: an answer may come late. */
  fillPlan() {
    const { follow_up_on: day, start, end, how } = this.plan || {};
    for (const [name, value] of Object.entries({ day, start, end, how })) if (!this.typed.has(`plan-${name}`)) $(`plan-${name}`).value = value || "";
  }

  async list() {
    const answer = await this.ask("notes-error", "GET", `${this.base}/notes`);
    $("notes-list").replaceChildren(...(answer?.data.notes || []).map((note) => {
      const item = element("li"), text = element("p", "note", note.text);
      text.dir = "auto";
      item.append(element("p", "hint", `${note.author} · ${at(note.at)}`), text);
      return item;
    }));
  }

  async note() {
    this.noteId ||= uuid();
    if (!await this.ask("notes-error", "POST", `${this.base}/notes`, { id: this.noteId, text: $("note-text").value })) return;
    this.noteId = null;
    $("note-text").value = ""; keep(this.noteName, null);
    $("notes-done").textContent = words.saved;
    await this.list();
    $("notes-list").lastElementChild?.scrollIntoView({ block: "nearest" });
  }

  async save() {
    const plan = { follow_up_on: $("plan-day").value || null, start: $("plan-start").value, end: $("plan-end").value, how: $("plan-how").value };
    if (!await this.ask("notes-error", "PUT", `${this.base}/plan`, plan)) return;
    $("notes-done").textContent = words.saved;
    await this.look();
  }

  /** When and how the person is reached safely stands above the field to write in. */
  async look() {
    const id = this.id, answer = await call("GET", `${this.base}/plan`);
    if (id !== this.id || answer.status !== 200) return;
    this.plan = answer.data;
    this.window();
  }

  window() {
    const plan = this.plan;
    if (!plan) return;
    const now = new Date(), clock = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
    const span = plan.start ? `${plan.start}–${plan.end}` : "", out = outside(plan, clock);
    // One short line: what is read takes room from the talk. Outside the hours the warning has them.
    const safe = [out ? "" : span, plan.how].filter(Boolean).join(" · ");
    $("plan-line").textContent = safe && `${words.safe_window}: ${safe}`;
    $("plan-line").hidden = !safe;
    const warning = out ? `${words.outside_window} (${span})` : "";
    if ($("outside").textContent !== warning) $("outside").textContent = warning;
  }

  // -- from hand to hand -------------------------------------------------------------------------------------------
  async colleagues() {
    $("more-title").focus();
    const answer = await this.ask("more-error", "GET", "/desk/api/colleagues");
    $("colleagues").replaceChildren(...(answer?.data.colleagues || []).map((one) => {
      const item = element("li"), about = one.languages.map(languageName);
      if (one.refusal) about.unshift(words["colleague_" + one.refusal]);
      const button = press([known(one.name, one.alias), ...about].join(" · "), "", () => this.offer(one.id, button));
      button.disabled = Boolean(one.refusal);
      item.append(button);
      return item;
    }));
  }

  async offer(to, button) {
    button.disabled = true;
    if (await this.ask("more-error", "POST", `${this.base}/transfer`, { to })) $("more").close();
    else button.disabled = false;
  }

  // -- to another centre: it goes when the person lets it, or in an emergency ----------------------------------------
  async centres() {
    $("centres-part").hidden = true;
    const id = this.id, answer = await call("GET", `${this.base}/centres`);
    if (id !== this.id || answer.status !== 200) return;
    const found = answer.data.centres;
    $("centres-part").hidden = !found.length;
    $("centres").replaceChildren(...found.map((one) => {
      const item = element("li"), give = press(one.name, "", () => {
        if (give.dataset.asked) { this.conversation.end("hand-over", { to: one.id }); return; }
        give.dataset.asked = "yes";  // a thumb that slips gives nothing away
        give.textContent = `${one.name}: ${words.end_access_sure}`;
      });
      give.disabled = !one.open;
      const said = element("p", "hint", one.nobody ? words.colleague_nobody : one.allowed ? words.centre_allowed : "");
      const ask = press(`${words.centre_ask}: ${one.name}`, "quiet", () => this.askAbout(one.id, ask, said));
      ask.hidden = one.nobody || one.allowed;
      item.append(give, ask, said);
      return item;
    }));
  }

  async askAbout(to, button, said) {
    button.disabled = true;
    const done = await this.ask("more-error", "POST", `${this.base}/centres/ask`, { to, id: uuid() });
    if (done) { said.textContent = words.centre_asked; button.hidden = true; $("more-title").focus(); } else button.disabled = false;
  }

  async take() { await this.ask("note", "DELETE", `${this.base}/transfer`); }

  // -- under the queue ---------------------------------------------------------------------------------------------
  async lists() {
    const [due, shut] = [await call("GET", "/desk/api/follow-ups"), await call("GET", "/desk/api/closed")];
    if (due.status === 200) {
      const { cases, deadlines, calendar } = due.data;
      $("follow-ups").hidden = !cases.length && !deadlines.length;
      $("follow-ups-count").textContent = `${words.follow_ups}: ${cases.length} · ${words.deadlines}: ${deadlines.length}`;
      $("calendar-link").value = calendar ? location.origin + calendar : "";
      $("follow-ups-list").replaceChildren(...cases.map((found) => {
        const item = element("li", "", `${dayOf(found.follow_up_on)} `);
        item.append(element("span", "number", found.number), this.entry(found), this.done(found));
        return item;
      }), ...deadlines.map((found) => {
        const item = element("li", "", `${words.deadlines}: ${dayOf(found.on)} `);
        item.append(element("span", "number", found.number), this.entry(found));
        return item;
      }));
    }
    if (shut.status === 200) {
      $("closed").hidden = !shut.data.cases.length;
      $("closed-list").replaceChildren(...shut.data.cases.map((found) => {
        const item = element("li", "", `${at(found.closed_at)} `);
        item.append(element("span", "number", found.number), this.entry(found));
        return item;
      }));
    }
  }

  entry(found) {
    if (found.state === "owned") {
      if (found.owner !== this.me) return element("span", "", `${words.taken_by}: ${known(found.owner_name, found.owner_alias)}`);
      return this.named(press(words.open, "", () => this.openCase(found.id)), found);
    }
    if (found.state !== "closed") return element("span", "", words.waiting);
    if (found.sealed) return element("span", "hint", words.sealed);
    return this.named(press(words.reopen, "", async () => {
      const answer = await this.ask("work-error", "POST", `/desk/api/cases/${found.id}/reopen`);
      if (answer) this.openCase(found.id, answer.data);
    }), found);
  }

  done(found) {
    return this.named(press(words.follow_up_done, "quiet", async () => {
      if (await this.ask("work-error", "DELETE", `/desk/api/follow-ups/${found.id}`)) await this.lists();
    }), found);
  }

  named(button, found) {
    button.setAttribute("aria-label", `${button.textContent}: ${found.number}`);
    return button;
  }

  // -- what one can do ---------------------------------------------------------------------------------------------
  async skills() {
    $("menu").close();
    $("skills").showModal();
    $("skills-title").focus();
    const answer = await this.ask("skills-error", "GET", "/desk/api/skills");
    if (!answer) return;
    for (const box of $("skills-languages").querySelectorAll("input")) box.checked = answer.data.languages.includes(box.value);
    $("skills-capacity").value = answer.data.capacity;
  }

  async able() {
    const languages = [...$("skills-languages").querySelectorAll("input:checked")].map((box) => box.value);
    if (await this.ask("skills-error", "PUT", "/desk/api/skills", { languages, capacity: Number($("skills-capacity").value) })) $("skills").close();
  }
  // -- what persons read of one ------------------------------------------------------------------------------------
  async shown() {
    $("menu").close();
    $("shown").showModal();
    $("shown-title").focus();
    // What is typed before the answer is there would be lost to it, and saving would take away what was set.
    const able = (yes) => { for (const node of $("shown-form").elements) node.disabled = !yes; };
    able(false);
    const answer = await this.ask("shown-error", "GET", "/desk/api/alias");
    if (!answer) return;
    $("shown-name").value = answer.data.name; $("shown-line").value = answer.data.line;
    able(true);
  }

  async name() {
    if (await this.ask("shown-error", "PUT", "/desk/api/alias", { name: $("shown-name").value, line: $("shown-line").value })) $("shown").close();
  }
}
