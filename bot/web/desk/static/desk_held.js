// Replies that go out later: held until the person's safe hours, or a time that the caseworker picks. The gateway sends them; here
// they stand at the end of the talk, and can be sent at once or taken back into the field.
import { $, at, button, call, clock, element, fault, words } from "./desk_base.js";
import { doubtful } from "./desk_translate.js";

const AHEAD = 7 * 24 * 3600 * 1000;
const two = (number) => String(number).padStart(2, "0");
/** A time as a field of the page has it. */
const local = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;

/** The next time that the clock shows `time` ("HH:MM"), after `since`. */
export const next = (time, since) => {
  const [hour, minute] = time.split(":").map(Number), found = new Date(since);
  found.setHours(hour, minute, 0, 0);
  if (found <= since) found.setDate(found.getDate() + 1);
  return found;
};

export class Held {
  constructor({ send, put, plan, contact, expired }) {
    this.plan = plan; this.contact = contact; this.put = put; this.expired = expired;
    this.id = null; this.until = null; this.drawing = ""; this.list = [];
    $("later-open").addEventListener("click", () => this.ask());
    $("later-form").addEventListener("submit", (event) => { event.preventDefault(); this.hold(send); });
    $("holding-not").addEventListener("click", () => { this.drop(); $("text").focus(); });
  }

  open(id) { this.id = id; this.drawing = ""; this.list = []; this.drop(); if ($("later").open) $("later").close(); this.look(); }

  /** What is sent next is held no longer. */
  drop() { this.until = null; $("holding").hidden = true; }

  /** For when the next reply is held; it is asked for once. */
  take() { const { until } = this; this.drop(); return until || undefined; }

  // -- when ------------------------------------------------------------------------------------------------------------
  ask() {
    const { start, end, how } = this.plan() || {}, now = new Date(clock());
    const told = [start && `${words.safe_window}: ${start}–${end}`, how, this.contact()].filter(Boolean).join(" · ");
    $("later-told").textContent = told;
    $("later-told").hidden = !told;
    $("later-at").min = local(now); $("later-at").max = local(new Date(now.getTime() + AHEAD));
    $("later-at").value = start ? local(next(start, now)) : "";
    $("later-error").textContent = "";
    $("later").showModal();
    $("later-title").focus();
  }

  hold(send) {
    const when = new Date($("later-at").value), now = new Date(clock()), { start, end } = this.plan() || {};
    if (!(when > now && when - now <= AHEAD)) { $("later-error").textContent = words.hold_wrong; return; }
    // Within the safe hours it goes out while they last, and not after them.
    const ends = start && next(end, when), lasts = start && ends - when <= next(end, next(start, now)) - next(start, now);
    this.until = { at: when.toISOString(), ...(lasts ? { until: ends.toISOString() } : {}) };
    $("holding").firstElementChild.textContent = `${words.hold_until}: ${at(this.until.at)}`;
    $("holding").hidden = false;
    $("later").close();
    send();
  }

  // -- what is held ----------------------------------------------------------------------------------------------------
  async look() {
    const { id } = this;
    if (id === null) return;
    const answer = await call("GET", `/desk/api/cases/${id}/held`);
    if (id !== this.id || answer.status !== 200) return;
    this.list = answer.data.held;
    const drawing = JSON.stringify(this.list.map((one) => [one.name, Date.parse(one.until) < clock()]));
    if (drawing === this.drawing) return;
    this.drawing = drawing;
    for (const node of document.querySelectorAll("#log > .held")) node.remove();
    $("log").append(...this.list.map((one) => this.item(one)));
  }

  item(one) {
    const item = element("li", "caseworker held"), text = element("p", "text", one.text), over = Date.parse(one.until) < clock();
    item.dataset.pending = one.name;
    text.dir = "auto";
    const head = [over ? words.hold_missed : `${words.hold_until}: ${at(one.at)}`, one.author].join(" · ");
    const said = element("p", "fault"), buttons = element("div", "buttons");
    said.setAttribute("role", "alert");
    const now = button(words.hold_now, `${words.hold_now}: ${one.text}`, () => {
      if (!now.dataset.asked) { now.dataset.asked = "yes"; now.textContent = words.end_access_sure; now.setAttribute("aria-label", words.end_access_sure); return; }
      this.act("POST", one, buttons, said);
    });
    const back = button(words.hold_back, `${words.hold_back}: ${one.text}`, async () => { if (await this.act("DELETE", one, buttons, said)) this.put(one); }, "quiet");
    buttons.append(now, back);
    item.append(element("p", `head${over ? " missed" : ""}`, head), text, ...(one.translated ? doubtful(one.translated) : []), said, buttons);
    return item;
  }

  async act(method, one, buttons, said) {
    for (const node of buttons.children) node.disabled = true;
    const answer = await call(method, `/desk/api/cases/${this.id}/held/${one.name}`);
    const done = answer.status === 202 || answer.status === 204;
    if (answer.status === 401) { this.expired(); return false; }
    if (!done && answer.code !== "not_found") {
      said.textContent = fault(answer);
      for (const node of buttons.children) node.disabled = false;
    }
    if (answer.status === 202) $("whisper").textContent = words.sent;
    if (done) $("text").focus();
    await this.look();  // it may have gone out in this moment
    return done;
  }
}
