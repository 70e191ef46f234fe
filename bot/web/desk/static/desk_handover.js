// What one shift leaves to the next, on one page and on paper: numbers, names and fixed words, none of a person.
import { $, at, badge, call, dayOf, element, fault, known, languageName, locale, setClock, unit, waited, words } from "./desk_base.js";

const line = (...parts) => element("p", "", parts.filter(Boolean).join(" · "));

const open = (found) => {
  const item = element("li", "deed"), top = element("p"), owned = found.state === "owned";
  top.append(badge(found.urgency), " ", element("span", "number", found.number));
  item.append(top, line(
    owned ? `${words.taken_by}: ${known(found.owner_name, found.owner_alias)}` : `${words.waiting}: ${waited(found.waiting_since)}`,
    languageName(found.language), found.unread && `${found.unread} ${words.unread}`, found.follow_up_on && `${words.follow_up}: ${dayOf(found.follow_up_on)}`,
  ));
  return item;
};

const due = (found) => {
  const item = element("li", "deed");
  item.append(line(dayOf(found.on), found.number, known(found.owner_name, found.owner_alias)));
  return item;
};

/** What happened to one case, the newest first, under its number. */
const done = ([number, rows]) => {
  const item = element("li", "deed");
  item.append(element("p", "number", number), ...rows.map((row) => {
    const detail = row.deed === "urgency" ? words["urgency_" + row.detail] : words["close_reason_" + row.detail];
    return line(at(row.at), row.actor, words["deed_" + row.deed] || row.deed, row.subject, detail, words["why_" + row.reason]);
  }));
  return item;
};

const put = (where, nodes) => $(where).replaceChildren(...(nodes.length ? nodes : [element("li", "hint", words.handover_none)]));

const read = async () => {
  const hours = Number($("hours").value), answer = await call("GET", `/desk/api/handover?hours=${hours}`);
  $("fault").textContent = answer.status === 200 ? "" : fault(answer);
  $("sheet").hidden = answer.status !== 200;
  if (answer.status !== 200) return;
  setClock(answer.data.now);
  const until = new Date(answer.data.now), from = new Date(until - hours * 3600000);
  const when = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  $("span").textContent = `${when.format(from)} – ${when.format(until)}`;
  put("open", answer.data.open.map(open));
  put("due", answer.data.due.map(due));
  const cases = new Map();
  for (const row of answer.data.done) cases.set(row.case, [...(cases.get(row.case) || []), row]);
  put("done", [...cases].map(done));
};

for (const option of $("hours").options) option.textContent = unit(Number(option.value), "hour");
$("hours").addEventListener("change", read);
$("print").addEventListener("click", () => window.print());
$("which").addEventListener("submit", (event) => event.preventDefault());
read();
