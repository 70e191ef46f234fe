// Figures of a month, as tables with bars; those by hour as a plot over the day as well. What is below five the gateway does not say.
import { $, call, element, lang, languageName, words } from "./desk_base.js";

const SVG = "http://www.w3.org/2000/svg";
const minutes = (seconds) => new Intl.NumberFormat(lang, { style: "unit", unit: seconds < 3600 ? "minute" : "hour", unitDisplay: "short" }).format(seconds < 3600 ? seconds / 60 : seconds / 3600);
const part = (count, largest) => {
  const svg = document.createElementNS(SVG, "svg"), rect = document.createElementNS(SVG, "rect");
  svg.setAttribute("viewBox", "0 0 100 10");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");  // the number stands beside it
  rect.setAttribute("width", String(largest ? Math.round(100 * (count || 0) / largest) : 0));
  rect.setAttribute("height", "10");
  svg.append(rect);
  return svg;
};

const drawn = (name, attributes, text) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
};
/** The hours of the day as columns. Not read aloud: the table below says the same. */
const day = (lines, largest) => {
  const svg = drawn("svg", { viewBox: "0 0 500 170", "aria-hidden": "true", class: "day" }), top = 20, foot = 140;
  for (const part of [0, 0.5, 1]) {
    const y = foot - part * (foot - top);
    svg.append(drawn("line", { x1: 30, x2: 494, y1: y, y2: y }));
    if (Number.isInteger(part * largest) && (part === 0 || largest)) svg.append(drawn("text", { x: 24, y: y + 5, "text-anchor": "end" }, String(part * largest)));
  }
  lines.forEach(({ count }, hour) => {
    const height = largest ? (foot - top) * (count || 0) / largest : 0, x = 34 + hour * 19;
    svg.append(drawn("rect", { x, y: foot - height, width: 15, height }));
    if (hour % 6 === 0) svg.append(drawn("text", { x, y: foot + 20 }, `${hour}:00`));
  });
  return svg;
};

export class Figures {
  constructor({ failed }) {
    this.failed = failed;
    $("month").addEventListener("change", () => this.read($("month").value));
  }

  async read(month = "") {
    const answer = await call("GET", `/desk/api/figures?lang=${encodeURIComponent(lang)}${month ? `&month=${month}` : ""}`);
    if (answer.status !== 200) { this.failed(answer); return; }
    const { months, month: shown, steps, tables, topics, answers } = answer.data;
    $("month").replaceChildren(...months.map((name) => { const option = element("option", "", name); option.selected = name === shown; return option; }));
    $("csv").href = `/desk/api/figures/csv${shown ? `?month=${shown}` : ""}`;
    const step = (key) => Number(key) < steps.length ? `≤ ${minutes(steps[Number(key)])}` : `> ${minutes(steps.at(-1))}`;
    const other = (key, found) => key === "other" ? words.figure_other : found;
    const names = {
      acknowledged: step, word: step, urgency: (key) => words["urgency_" + key], handoff: (key) => words["deed_" + key],
      opened: (key) => `${key}:00`, wait: (key) => `${key}:00`, language: (key) => other(key, languageName(key)), topic: (key) => other(key, topics[key] || key),
      missed: (key) => words["figure_missed_" + key],
      helped: (key) => answers[key], helped_language: (key) => other(key, key.split(":").map((part, at) => at ? answers[part] : languageName(part)).join(": ")),
    };
    names.missed_topic = names.topic;
    names.missed_language = names.language;
    $("tables").replaceChildren(...Object.entries(tables).map(([kind, lines]) => this.table(words["figure_" + kind], lines, names[kind], step)));
    $("figures").hidden = false;
  }

  table(title, lines, name, step) {
    const table = element("table"), largest = Math.max(...lines.map(({ count }) => count || 0));
    table.append(element("caption", "", title));
    for (const { key, count, middle } of lines) {
      const row = element("tr"), head = element("th", "", name(key)), bar = element("td");
      head.scope = "row";
      bar.append(part(count, largest));
      const said = count === null ? "< 5" : String(count);
      row.append(head, element("td", "count", middle === null ? said : `${said} · ${step(middle)}`), bar);
      table.append(row);
    }
    if (lines.length !== 24) return table;
    const both = element("div");
    both.append(day(lines, largest), table);
    both.querySelector("svg").before(element("p", "plot", title));
    return both;
  }
}
