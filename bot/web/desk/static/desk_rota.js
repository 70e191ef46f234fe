// Who is on call, where nobody is, and changes by a coordinator. Times are shown and typed as local times.
import { $, call, element, fault, lang, words } from "./desk_base.js";

const when = (iso) => new Intl.DateTimeFormat(lang, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
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
    const { first, second, team, holes, overrides, planned } = answer.data;
    const lines = [];
    if (first) lines.push(element("li", "", `${words.rota_first}: ${first}`));
    if (second) lines.push(element("li", "", `${words.rota_second}: ${second}`));
    if (planned && !first && !second) lines.push(element("li", "fault", words.rota_hole));
    $("rota-now").replaceChildren(...lines);
    $("rota-holes").replaceChildren(...holes.map((hole) => element("li", "fault", `${words.rota_hole}: ${span(hole)}`)));
    $("rota-changes").replaceChildren(...overrides.map((change) => this.changed(change)));
    $("rota-who").replaceChildren(...team.map(({ id, name }) => { const option = element("option", "", name); option.value = id; return option; }));
    $("rota-form").hidden = !this.coordinates;
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
    return this.send("POST", "/desk/api/rota/overrides", { caseworker: Number($("rota-who").value), start, end, second: $("rota-second").checked });
  }

  async send(method, path, data) {
    const answer = await call(method, path, data);
    $("rota-error").textContent = answer.status === 201 || answer.status === 204 ? "" : fault(answer);
    if (answer.status === 401) { $("rota").close(); this.expired(); return; }
    await this.read();
    $("rota-title").focus();
  }
}
