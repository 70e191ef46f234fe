// Finding a case in a long queue: by words of its row, and by what it is. An emergency that nobody has is hidden by words alone, and
// the bar tells of it all the same.
import { $, element, languageName, words } from "./desk_base.js";

const MANY = 6;      // below that many rows one looks, and searches nothing
const HOUR = 3600000;
const plain = (text) => text.toLocaleLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

export class Find {
  /** `rows`: what is on the screen; `group`: where a case stands; `now`: the gateway's clock. */
  constructor({ rows, group, now }) {
    this.rows = rows; this.group = group; this.now = now;
    $("find").addEventListener("submit", (event) => event.preventDefault());
    $("find-text").addEventListener("input", () => this.apply());
    $("find-which").addEventListener("change", () => this.apply());
    $("find-all").addEventListener("click", () => { this.clear(); $("find-text").focus(); });
  }

  get narrow() { return Boolean($("find-text").value.trim() || $("find-which").value); }

  clear() { $("find-text").value = ""; $("find-which").value = ""; this.apply(); }

  /** What one can choose: the languages are those of the rows. */
  offer(cases) {
    const chosen = $("find-which").value, codes = [...new Set(cases.map(({ language }) => language).filter(Boolean))];
    const said = [["", words.find_all], ["mine", words.mine], ["emergency", words.urgency_emergency], ["urgent", words.urgency_urgent], ["hour", words.find_hour]];
    const languages = codes.map((code) => [`lang ${code}`, languageName(code)]).sort(([, one], [, other]) => one.localeCompare(other));
    $("find-which").replaceChildren(...[...said, ...languages].map(([value, text]) => {
      const option = element("option", "", text);
      option.value = value; option.selected = value === chosen;
      return option;
    }));
  }

  /** Whether a case is of the chosen kind. */
  chosen(found) {
    const which = $("find-which").value, group = this.group(found);
    if (!which || group === "emergency") return true;
    if (which === "mine") return group === "mine";
    if (which === "hour") return group === "waiting" && this.now() - Date.parse(found.waiting_since) > HOUR;
    return which.startsWith("lang ") ? found.language === which.slice(5) : found.urgency === which;
  }

  apply() {
    const rows = this.rows(), wanted = plain($("find-text").value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { found, node } of rows) {
      const text = plain(node.querySelector(".what").textContent);
      const dashless = text.replace(/-/g, "");
      node.hidden = !(found ? this.chosen(found) : !$("find-which").value) || !wanted.every((word) => text.includes(word) || dashless.includes(word.replace(/-/g, "")));
      if (!node.hidden) shown += 1;
    }
    for (const list of document.querySelectorAll("#queue > div > .cases")) {
      list.parentElement.classList.toggle("empty", this.narrow && list.children.length > 0 && !list.querySelector("li:not([hidden])"));
    }
    $("find").hidden = rows.length < MANY && !this.narrow;
    $("find-shown").hidden = !this.narrow;
    const said = this.narrow ? `${words.find_shown}: ${shown} / ${rows.length}` : "", line = $("find-shown").querySelector("span");
    if (line.textContent !== said) line.textContent = said;
  }
}
