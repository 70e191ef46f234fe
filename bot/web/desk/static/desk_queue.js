// The queue. Nothing jumps: an emergency is drawn at once in a place kept free for it, anything else that is new waits in the
// bar for news until it is asked for, and what goes away keeps its place, greyed, until the list is drawn anew. Emergencies
// are loud: red, in words, in the title, and by sound.
import { $, at, badge, button as pressable, call, clock, element, fault, keep, kept, known, languageName, presence, sign, signals, waited, words } from "./desk_base.js";
import { Find } from "./desk_find.js";
import { Sound, wanted } from "./desk_sound.js";

/** Where the queue stands beside the case. */
export const wide = matchMedia("(min-width: 56.25em)");

const GROUPS = ["offered", "mine", "emergency", "waiting", "others"];
const RING_AGAIN = 15000;
const QUIET = 60000;

export class Queue {
  constructor({ notify, open }) {
    this.notify = notify; this.open = open;
    this.me = null;
    this.cases = new Map();   // as the gateway has them, in its order
    this.drawn = new Map();   // id -> {group, node}: what is on the screen
    this.rung = new Set(JSON.parse(kept("rung") || "[]"));
    this.heard = new Set();   // emergencies that were acknowledged here; the gateway tells those that were at any desk
    this.worse = new Set(JSON.parse(kept("worse") || "[]"));  // cases of one's own that turned into an emergency
    this.first = true;
    this.touched = 0;
    this.find = new Find({
      rows: () => [...this.drawn].map(([id, { node }]) => ({ found: this.cases.get(id), node })), group: (found) => this.group(found), now: clock,
    });
    this.sound = new Sound({ awake: () => { if (this.loud().length) this.ring(); } });
    for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, () => { this.touched = Date.now(); }, { capture: true, passive: true });
    $("show-new").addEventListener("click", () => this.show());
    $("next").addEventListener("click", () => this.claimNext());
    $("acknowledge").addEventListener("click", () => { this.acknowledge(); this.news(); });
    setInterval(() => { for (const node of document.querySelectorAll("[data-since]")) node.textContent = waited(node.dataset.since); }, 10000);
    setInterval(() => { if (this.loud().length) this.ring(); }, RING_AGAIN);
  }

  ring() { this.sound.ring(); }

  group(found) {
    if (found.state === "owned" && found.offered_to === this.me) return "offered";
    if (found.state === "owned") return found.owner === this.me ? "mine" : "others";
    return found.urgency === "emergency" ? "emergency" : "waiting";
  }

  /** Whether what stood so has ended as a call: it is no emergency any more, or a waiting one has somebody now. */
  over(was) {
    const now = this.cases.get(was.id);
    if (was.urgency !== "emergency") return false;
    return now?.urgency !== "emergency" || (this.group(was) === "emergency" && this.group(now) !== "emergency");
  }

  /** Emergencies that nobody has acknowledged, in order. A gateway that does not say so leaves it to this page, for which a
   *  waiting one is unheard until somebody acknowledges it here: also after a reload. */
  loud() { return [...this.cases.values()].filter((found) => this.calls(found) && !this.heard.has(found.id)); }

  calls(found) {
    const group = this.group(found);
    if (found.urgency !== "emergency" || !["emergency", "mine"].includes(group)) return false;
    return found.unheard ?? (group === "emergency" || this.worse.has(found.id));
  }

  /** Whoever reads a case of their own, or answers in it, has seen it. */
  seen(id) { const found = this.cases.get(id); if (found && this.group(found) === "mine") { this.acknowledge([found]); this.news(); } }

  /** Somebody here has seen it: no desk rings for it any more. */
  acknowledge(list = this.loud()) {
    $("shout").textContent = "";
    for (const found of list) {
      if (!this.calls(found) || this.heard.has(found.id)) continue;
      this.heard.add(found.id);
      call("POST", `/desk/api/cases/${found.number}/heard`);
    }
  }

  /** The notifications of a case, as it stood, that are over now. */
  ended(was) {
    const now = this.cases.get(was.id), tags = this.over(was) ? [was.number] : [];
    if (this.group(was) === "waiting" && (!now || this.group(now) !== "waiting")) tags.push(`${was.number} new_waiting`);
    if (was.unread && !now?.unread) tags.push(`${was.number} new_word`);
    return tags;
  }

  /** The whole queue as it is now. */
  take(list) {
    const before = this.cases;
    this.cases = new Map(list.map((found) => [found.id, found]));
    // A case of one's own that turns into an emergency is as loud, though nobody has to take it.
    const worse = list.filter((found) => this.group(found) === "mine" && found.urgency === "emergency" && before.has(found.id) && before.get(found.id).urgency !== "emergency");
    // What a coordinator has given to somebody, or taken from them.
    const given = list.filter((found) => this.given(found) && before.get(found.id)?.owner !== this.me);
    const away = [...before.values()].filter((was) => this.group(was) === "mine").map((was) => this.cases.get(was.id)).filter((now) => now?.assigned_by && this.group(now) === "others");
    const offered = list.filter((found) => this.group(found) === "offered" && before.get(found.id)?.offered_to !== this.me);
    const emergencies = list.filter((found) => this.group(found) === "emergency").map((found) => found.id);
    const fresh = emergencies.filter((id) => !this.rung.has(id));
    const calling = (found) => found.urgency === "emergency" && ["emergency", "mine"].includes(this.group(found));
    if (this.first) this.notify.only(list.filter(calling).map((found) => found.number));
    this.notify.gone([...before.values()].flatMap((was) => this.ended(was)));
    this.rung = new Set(emergencies);
    keep("rung", JSON.stringify(emergencies));
    for (const found of worse) this.worse.add(found.id);
    for (const id of this.worse) if (this.cases.get(id)?.urgency !== "emergency") this.worse.delete(id);
    keep("worse", JSON.stringify([...this.worse]));
    // Acknowledged is a call and not a case: one that goes back to the queue, or turns worse, calls anew; so does a flood that goes on.
    for (const id of this.heard) if ((this.cases.get(id)?.alike ?? 0) > (before.get(id)?.alike ?? 0) || !this.cases.has(id) || !this.calls(this.cases.get(id)) || this.group(this.cases.get(id)) !== this.group(before.get(id) ?? this.cases.get(id))) this.heard.delete(id);
    const nobodyLooks = document.hidden || Date.now() - this.touched > QUIET;
    if (this.first || this.drawn.size === 0 || $("queue").hidden || nobodyLooks) this.draw();
    else this.steadily(() => { this.refresh(); this.insert(fresh.filter((id) => !this.drawn.has(id))); });
    const rings = fresh.length || worse.length || offered.length || (!this.first && given.length) || (this.first && this.loud().length);  // also what rang before a reload
    if (rings) this.ring();
    if (!this.first) this.tellQuietly(before, !rings);
    const told = this.first ? [] : [given.length && `${words.assigned_to_you}: ${given.map(({ number }) => number).join(", ")}`, ...away.map((now) => `${now.number}: ${this.whose(now)}`)].filter(Boolean).join(". ");
    if (told) { $("shout").textContent = told; $("hands").textContent = told; $("hands").hidden = false; }
    this.first = false;
    if (fresh.length || worse.length) {
      const numbers = [...fresh.map((id) => this.cases.get(id)), ...worse].map((found) => found.number).join(", ");
      $("shout").textContent = `${words.new_emergency}: ${numbers}`;
      this.notify.show([...fresh.map((id) => this.cases.get(id)), ...worse]);
    }
    if (offered.length) $("shout").textContent = `${words.transfer_to_you}: ${offered.map((found) => found.number).join(", ")}`;
    this.news();
  }

  /** Whether a coordinator has given it to who is here. */
  given(found) { return this.group(found) === "mine" && Boolean(found.assigned_by) && found.assigned_by !== found.owner_name; }

  /** Who has it, and who gave it to them. */
  whose(found) { return [`${words.taken_by}: ${known(found.owner_name, found.owner_alias)}`, found.assigned_by && found.assigned_by !== found.owner_name && `${words.assigned_by}: ${found.assigned_by}`].filter(Boolean).join(" · "); }

  /** What calls nobody: a new person, a new message in a case of one's own. */
  tellQuietly(before, sounds) {
    const all = [...this.cases.values()].map((found) => [found, before.get(found.id)]);
    const came = all.filter(([found, was]) => this.group(found) === "waiting" && (!was || this.group(was) === "others")).map(([found]) => found);
    const wrote = all.filter(([found, was]) => this.group(found) === "mine" && was && found.unread > was.unread).map(([found]) => found);
    const unseen = wrote.filter((found) => document.hidden || location.hash !== `#case=${found.id}`);
    if (came.length && wanted("tell_new")) this.notify.show(came, "new_waiting");
    if (wrote.length && wanted("tell_word")) this.notify.show(unseen, "new_word");
    const heard = [came.length && "tell_new", wrote.length && "tell_word"].find((what) => what && wanted(what));
    if (heard && sounds) this.sound.soft(heard);
  }

  /** Draws the list anew, in order. */
  draw() {
    this.drawn.clear();
    const lists = Object.fromEntries(GROUPS.map((group) => [group, []]));
    for (const found of this.cases.values()) {
      const group = this.group(found);
      const node = element("li", "row");
      this.fill(node, found, group);
      this.drawn.set(found.id, { group, node });
      lists[group].push(node);
    }
    for (const group of GROUPS) {
      const box = $("group-" + group);
      box.hidden = lists[group].length === 0;
      box.querySelector("ul").replaceChildren(...lists[group]);
    }
    $("group-emergency").hidden = false;
    $("group-emergency").querySelector(".free-place").style.height = "";
    $("nobody").hidden = lists.emergency.length + lists.waiting.length > 0;
    this.find.offer([...this.cases.values()]);
    this.find.apply();
    this.here();
    this.news();
  }

  /** Beside the list a case is open: its row says which one. */
  here() {
    for (const [id, { node }] of this.drawn) {
      if (location.hash === `#case=${id}`) node.setAttribute("aria-current", "true"); else node.removeAttribute("aria-current");
    }
  }

  /** What stands under the emergencies stays under the thumb: a place is kept free there, and beyond that the page scrolls. */
  steadily(change) {
    const box = $("group-emergency"), free = box.querySelector(".free-place"), below = () => box.getBoundingClientRect().bottom, before = below();
    change();
    this.find.apply();
    if (!before) return;  // a search hides the emergencies: there is nothing to hold still
    free.style.height = `${Math.max(0, free.getBoundingClientRect().height - (below() - before))}px`;
    (wide.matches ? $("queue") : window).scrollBy(0, below() - before);
  }

  /** Draws emergencies at once, in the place that is kept free for them. */
  insert(ids) {
    for (const id of ids) {
      const node = element("li", "row");
      this.fill(node, this.cases.get(id), "emergency");
      this.drawn.set(id, { group: "emergency", node });
      $("group-emergency").querySelector("ul").append(node);
      $("nobody").hidden = true;
    }
  }

  /** What is on the screen stays where it is, with what is true now. */
  refresh() {
    for (const [id, { group, node }] of this.drawn) {
      const found = this.cases.get(id);
      const button = node.querySelector("button");
      const moved = !found || this.group(found) !== group && !(group === "waiting" && this.group(found) === "emergency");
      node.classList.toggle("gone", moved && group !== "others");
      if (moved) {
        node.querySelector(".state").textContent = found && found.state === "owned" && found.owner !== this.me ? `${words.taken_by}: ${known(found.owner_name, found.owner_alias)}` : words.no_longer_waiting;
        for (const one of node.querySelectorAll("button")) if (document.activeElement !== one) one.disabled = true;
      } else {
        this.fill(node, found, group);
      }
    }
  }

  /** One row, of two lines and a button. The button is made once: it keeps the focus, and a tap under way. */
  fill(node, found, group) {
    const waits = group === "emergency" || group === "waiting";
    node.className = `row ${found.urgency}`;
    const top = element("p", "top"), text = element("div", "what");
    top.append(badge(found.urgency));
    if (waits) {
      const since = element("span", "", waited(found.waiting_since)), time = element("span", "waited");
      since.dataset.since = found.waiting_since;
      time.append(element("span", "sr", words.waited + " "), since);
      top.append(time);
    }
    if (found.unread && group === "mine") top.append(element("span", "unread", `${found.unread} ${words.unread}`));
    if (found.reply_missed) top.append(element("span", "missed", words.reply_missed));
    if (found.kind === "report") top.append(element("span", "kind", words.told_report));
    const channel = found.channel && found.channel !== "web" ? words["channel_" + found.channel] : "";
    const about = element("p", "line about");
    about.append(element("span", "number", found.number), ["", languageName(found.language), channel, signals(found.signals)].filter((part, place) => !place || part).join(" · "));
    const called = waits && found.called ? (found.coming ? words.called_coming : words.called) : "";
    const state = [
      waits ? called : group === "mine" ? this.given(found) && `${words.assigned_by}: ${found.assigned_by}` : this.whose(found), found.handed_from && `${words.from_centre} ${found.handed_from}`,
      found.muted_until && `${words.mute_until}: ${at(found.muted_until)}`, found.for_all && words.for_all, !found.reachable && words.unreachable, !found.readable && group !== "others" && words.not_readable,
    ].filter(Boolean).join(" · ");
    text.append(top, about, element("p", "line state soft", state));
    const page = group === "mine" && presence(found);
    if (page) top.append(page);
    node.querySelector(".what")?.remove();
    node.prepend(text);
    if (group === "others") {
      if (this.assign && !node.querySelector("button")) node.append(
        pressable(words.assign, `${words.assign}: ${found.number}`, () => this.assign(found.id)),
        pressable(words.mute, `${words.mute}: ${found.number}`, () => this.mute(this.cases.get(found.id) || found), "second"),
      );
      return;
    }
    let button = node.querySelector("button");
    if (!button) {
      button = element("button", group === "waiting" ? "" : "primary");
      button.type = "button";
      button.addEventListener("click", () => this.claim(found.id, button));
      node.append(button);
      if (group === "offered") {
        const decline = element("button", "second", words.decline);
        decline.type = "button";
        decline.setAttribute("aria-label", `${words.decline}: ${found.number}`);
        decline.addEventListener("click", () => this.decline(found.id, decline));
        node.append(decline);
      }
    }
    button.disabled = false;
    const [shown, said] = group === "mine" ? [words.open, words.open] : group === "offered" ? [words.accept, words.accept] : [words.take, words.claim];
    button.textContent = shown;
    button.setAttribute("aria-label", `${said}: ${words["urgency_" + found.urgency]}, ${found.number}`);
    this.alike(node, found);
  }

  /** The others of a flood of alarms: how many, and each of them when it is opened. */
  alike(node, found) {
    let more = node.querySelector("details");
    if (!found.alike) { more?.remove(); return; }
    if (!more) {
      more = element("details", "alike");
      more.append(element("summary"), element("ul", "plain"));
      more.addEventListener("toggle", () => { if (more.open) this.unfold(more, found.id); });
      node.append(more);
    }
    more.querySelector("summary").textContent = `${words.alarms_alike}: ${found.alike}`;
  }

  async unfold(more, id) {
    const answer = await call("GET", `/desk/api/queue/${id}/alike`);
    if (answer.status !== 200) { $("shout").textContent = fault(answer); return; }
    more.querySelector("ul").replaceChildren(...answer.data.cases.map((one) => {
      const line = element("li", one.urgency), about = element("span", "line");
      about.append(badge(one.urgency), " ", element("span", "number", one.number), ` ${[languageName(one.language), signals(one.signals), waited(one.waiting_since)].filter(Boolean).join(" · ")}`);
      const take = pressable(words.take, `${words.claim}: ${words["urgency_" + one.urgency]}, ${one.number}`, () => this.claim(one.id, take));
      line.append(about, take);
      return line;
    }));
  }

  async claim(id, button = this.drawn.get(id)?.node.querySelector("button")) {
    const found = this.cases.get(id);
    if (found && this.group(found) === "mine") { this.seen(id); this.open(id); return; }
    if (button) button.disabled = true;
    const offered = found && this.group(found) === "offered";
    const answer = await call("POST", `/desk/api/cases/${id}/${offered ? "transfer/accept" : "claim"}`);
    if (answer.status === 200) { this.taken(answer.data); return; }
    if (button) button.disabled = answer.code === "claimed_by_other" || answer.code === "not_found";
    const state = this.drawn.get(id)?.node.querySelector(".state");
    if (state) { state.textContent = fault(answer); state.classList.add("fault"); }
    $("shout").textContent = fault(answer);
    if (answer.code === "unauthorized") this.onExpired?.();
  }

  /** It is one's own from here on, before the queue says so. */
  taken(data) {
    const found = this.cases.get(data.id);
    this.cases.set(data.id, { ...found, ...data, readable: true });
    this.notify.gone([data.number, `${data.number} new_waiting`]);
    this.open(data.id);
  }

  async decline(id, button) {
    button.disabled = true;
    const answer = await call("DELETE", `/desk/api/cases/${id}/transfer`);
    if (answer.status === 204) return;
    button.disabled = answer.code === "not_offered";
    $("shout").textContent = button.closest("li").querySelector(".state").textContent = fault(answer);
    if (answer.code === "unauthorized") this.onExpired?.();
  }

  /** The case whose turn it is, as the gateway has them in order. */
  async claimNext() {
    const answer = await call("POST", "/desk/api/claims");
    $("next-error").textContent = answer.status === 201 ? "" : answer.status === 404 ? words.no_cases : fault(answer);
    if (answer.status === 201) this.taken(answer.data);
    else if (answer.status === 401) this.onExpired?.();
  }

  /** The bar: what is not on the screen yet. */
  news() {
    const shownAs = (id) => this.drawn.get(id)?.group;
    const loud = this.loud();
    let fresh = 0, emergencies = loud.filter((found) => this.group(found) === "mine").length, waiting = 0, unread = 0;
    for (const found of this.cases.values()) {
      const group = this.group(found);
      if (group === "mine" && location.hash !== `#case=${found.id}`) unread += found.unread;
      if (group === "emergency") emergencies += 1;
      if ((group === "offered" || this.given(found)) && shownAs(found.id) !== group) fresh += 1;
      if (group === "emergency" || group === "waiting") {
        waiting += 1;
        if (!shownAs(found.id)) fresh += 1;
      }
    }
    const bar = $("news"), button = $("show-new");
    bar.className = loud.length ? "emergency" : fresh ? "" : "quiet-news";
    button.hidden = !(loud.length || fresh);
    $("acknowledge").hidden = !loud.length;
    $("calm").hidden = !button.hidden;
    if (loud.length) button.replaceChildren(sign("⚠"), " ", element("span", "named", `${words.new_emergency}: `), element("span", "whole", loud.length > 2 ? String(loud.length) : loud.map((found) => found.number).join(" · ")),
      element("span", "then", this.group(loud[0]) === "mine" ? words.open : words.claim));
    else if (fresh) {
      button.replaceChildren(sign("↑"), ` ${words.new_waiting}: ${fresh}`);
      $("whisper").textContent = `${words.new_waiting}: ${fresh}`;
    }
    $("next").hidden = !waiting;
    $("calm").textContent = waiting ? `${words.waiting}: ${waiting}` : "";
    // While one case is open: somebody writes in another one.
    const mark = $("back-unread");
    mark.hidden = !unread;
    mark.textContent = unread ? String(unread) : "";
    $("back").setAttribute("aria-label", unread ? `${words.back} (${unread} ${words.unread})` : words.back);
    document.title = (unread ? `${unread} ${words.unread} · ` : "") + (emergencies ? `⚠ ${emergencies} · ` : waiting ? `(${waiting}) ` : "") + words.title;
  }

  /** What the bar tells of: the case that calls is opened; who came meanwhile is drawn, and stands in the middle. */
  show() {
    const [first] = this.loud();
    if (first) { this.claim(first.id); return; }
    const known = new Set(this.drawn.keys());
    if ($("queue").hidden) location.hash = "";
    this.find.clear();
    this.draw();
    const [came] = [...this.drawn].filter(([id, { group }]) => !known.has(id) && ["offered", "mine", "waiting"].includes(group));
    const button = came?.[1].node.querySelector("button");
    button?.scrollIntoView({ block: "center" });
    button?.focus({ preventScroll: true });
  }

  reset() { this.first = true; this.notify.only([]); this.cases.clear(); this.drawn.clear(); this.heard.clear(); this.worse.clear(); for (const group of GROUPS) $("group-" + group).querySelector("ul").replaceChildren(); document.title = words.title; }
}
