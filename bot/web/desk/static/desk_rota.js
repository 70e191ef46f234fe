// Who is on call, where nobody is, and changes by a coordinator. Times are shown and typed as local times.
import { $, call, element, fault, locale, words } from "./desk_base.js";

const when = (iso) => new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(iso));
const span = ({ start, end }) => `${when(start)} – ${when(end)}`;

export class Rota {
  constructor({ expired }) {
    this.expired = expired; this.coordinates = false;
    $("rota-open").addEventListener("click", async () => { $("menu").close(); $("rota").showModal(); await this.read(); });
    $("rota-form").addEventListener("submit", (event) => { event.preventDefault(); this.change(); });
  }

  async read() {
    const answer = await call("GET", "/desk/api/rota");
    if (answer.status === 401) { $("rota").close(); this.expired(); return; }
    if (answer.status !== 200) { $("rota-error").textContent = fault(answer); return; }
    const { first, second, team, holes, overrides, everyone } = answer.data;
    this.team = team;
    $("rota-now").replaceChildren(...this.now({ first, second, team, everyone }));
    $("rota-holes").replaceChildren(...holes.map((hole) => element("li", "fault", `${words.rota_hole}: ${span(hole)}`)));
    $("rota-changes").replaceChildren(...overrides.map((change) => this.changed(change)));
    $("rota-who").replaceChildren(...team.map(({ id, name, reachable }) => { const option = element("option", "", reachable ? name : `${name} · ${words.rota_unreachable}`); option.value = id; return option; }));
    $("rota-form").hidden = !this.coordinates;
  }

  /** Who is on call now, or that nobody is and who is called then; and whom no page reaches. */
  now({ first, second, team, everyone }) {
    const lines = [], reaches = team.filter(({ reachable }) => reachable);
    const who = (label, name) => {
      const { reachable } = team.find((one) => one.name === name) || {};
      lines.push(element("li", reachable ? "named" : "fault", `${label}: ${name}${reachable ? "" : ` · ${words.rota_unreachable}`}`));
    };
    if (first) who(words.rota_first, first);
    if (second) who(words.rota_second, second);
    if (!first && !second) lines.push(element("li", "fault", words.rota_hole));
    const leading = reaches.filter(({ coordinator }) => coordinator), called = leading.length ? leading : reaches;
    if (!reaches.length && !everyone) lines.push(element("li", "fault", words.rota_uncallable));
    else if (!reaches.some(({ name }) => name === first || name === second) && called.length) lines.push(element("li", "", `${words.rota_called_first}: ${called.map(({ name }) => name).join(", ")}`));
    const silent = team.filter(({ reachable, name }) => !reachable && name !== first && name !== second);
    if (silent.length) lines.push(element("li", "hint", `${silent.map(({ name }) => name).join(", ")}: ${words.rota_unreachable}`));
    return lines;
  }

  changed(change) {
    const item = element("li", "", `${change.second ? words.rota_second : words.rota_first}: ${change.name}, ${span(change)} `);
    if (this.coordinates) {
      const back = element("button", "", words.rota_remove);
      back.type = "button";
      back.setAttribute("aria-label", `${words.rota_remove}: ${change.name}, ${span(change)}`);
      back.addEventListener("click", () => this.send("DELETE", `/desk/api/rota/overrides/${change.id}`));
      item.append(back);
    }
    return item;
  }

  change() {
    const [start, end] = ["rota-from", "rota-until"].map((id) => new Date($(id).value).toISOString());
    const chosen = this.team.find(({ id }) => id === Number($("rota-who").value));
    if (end <= start) { this.say(words.rota_end); $("rota-until").focus(); return undefined; }
    // On call, and no page arrives: that is done on purpose or not at all.
    if (!chosen?.reachable && this.sure !== chosen?.id) { this.sure = chosen?.id; this.say(`${chosen?.name}: ${words.rota_unreachable}. ${words.end_access_sure}`); return undefined; }
    this.sure = null;
    return this.send("POST", "/desk/api/rota/overrides", { caseworker: Number($("rota-who").value), start, end, second: $("rota-second").checked });
  }

  say(text) { $("rota-error").textContent = text; $("rota-error").scrollIntoView({ block: "nearest" }); }

  async send(method, path, data) {
    const answer = await call(method, path, data);
    $("rota-error").textContent = answer.status === 201 || answer.status === 204 ? "" : fault(answer);
    if (answer.status === 401) { $("rota").close(); this.expired(); return; }
    await this.read();
    $("rota-title").focus();
  }
}
