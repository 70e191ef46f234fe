// When caseworkers usually read, which a coordinator sets: on the page about people.
import { $, button, call, element, locale, words } from "./desk_base.js";

const MONDAY = Date.UTC(2024, 0, 1); // one of many

export class OpeningHours {
  constructor({ failed }) {
    this.failed = failed; this.closed = [];
    const named = (options) => { const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }); return (ms) => format.format(ms); };
    this.weekday = named({ weekday: "long" }); this.date = named({ dateStyle: "full" });
    this.days = Array.from({ length: 7 }, (_, at) => this.day(at));
    $("hours-form").addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    $("hours-form").addEventListener("input", () => { $("hours-saved").textContent = ""; });
    $("hours-add").addEventListener("click", () => this.add());
  }

  /** Two fields for a day; empty ones are no hours. */
  day(at) {
    const box = element("fieldset", "hours-day"), made = {};
    box.append(element("legend", "", this.weekday(MONDAY + at * 86_400_000)));
    for (const [name, word] of [["from", words.rota_from], ["until", words.rota_until]]) {
      const part = element("div"), label = element("label", "", word), input = element("input");
      input.type = "time"; input.id = label.htmlFor = `hours-${at}-${name}`;
      part.append(label, input); box.append(part);
      made[name] = input;
    }
    $("hours-week").append(box);
    return made;
  }

  async read() {
    const answer = await call("GET", "/desk/api/opening-hours");
    if (answer.status !== 200) { this.failed(answer); return; }
    answer.data.week.forEach((day, at) => {
      const [from, until] = day.split("-");
      this.days[at].from.value = from || ""; this.days[at].until.value = (until || "").replace("24:00", "00:00");
    });
    this.closed = answer.data.closed;
    this.list();
    $("hours").hidden = false;
  }

  list() {
    $("hours-closed").replaceChildren(...this.closed.map((day) => {
      const name = this.date(Date.parse(day)), item = element("li", "person");
      item.append(element("p", "name", name), button(words.remove, `${words.remove}: ${name}`, () => {
        this.closed = this.closed.filter((one) => one !== day);
        $("hours-saved").textContent = "";
        this.list();
        $("hours-day").focus();
      }));
      return item;
    }));
  }

  add() {
    const day = $("hours-day").value;
    if (!day) { $("hours-day").focus(); return; }
    this.closed = [...new Set([...this.closed, day])].sort();
    $("hours-day").value = "";
    $("hours-saved").textContent = "";
    this.list();
  }

  /** A day that was chosen and not added is meant too. */
  async save() {
    if ($("hours-day").value) this.add();
    const half = this.days.find(({ from, until }) => !from.value !== !until.value || (from.value && from.value === until.value));
    $("hours-fault").textContent = half ? words.hours_wrong : "";
    if (half) { (half.from.value ? half.until : half.from).focus(); return; }
    const week = this.days.map(({ from, until }) => from.value && `${from.value}-${until.value === "00:00" ? "24:00" : until.value}`);
    const answer = await call("PUT", "/desk/api/opening-hours", { week, closed: this.closed });
    if (answer.status !== 204) { this.failed(answer); return; }
    $("fault").textContent = "";
    $("hours-saved").textContent = words.saved;
  }
}
