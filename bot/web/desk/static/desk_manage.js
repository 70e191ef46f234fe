// People, the log, figures, one case, one's own log-in: what a role may not see is neither asked for nor shown, and the gateway refuses it.
import { $, at, button, call, element, fault, lang, useToken, words } from "./desk_base.js";
import "./desk_again.js";
import { Account } from "./desk_account.js";
import { Audit } from "./desk_audit.js";
import { Figures } from "./desk_figures.js";
import { One } from "./desk_one.js";
import { OpeningHours } from "./desk_hours.js";
import { PartnerList } from "./desk_partners.js";
import { ReplyList } from "./desk_replies.js";

let me = null;
/** Says what is wrong; without a session there is nothing to do here. */
const failed = (answer) => {
  if (answer.status === 401) { location.replace(`/desk?lang=${encodeURIComponent(lang)}`); return; }
  $("fault").textContent = fault(answer);
  $("fault").scrollIntoView({ block: "nearest" });
};

const act = async (method, path, data) => {
  const answer = await call(method, path, data);
  if (answer.status !== 204) failed(answer); else $("fault").textContent = "";
  await people();
};
const person = (found, confirms) => {
  const item = element("li", "person");
  const state = found.pending ? words.pending : found.active ? "" : words.no_access;
  item.append(element("p", "name", found.name), element("p", "hint", [words["role_" + found.role], found.alias && `${words.known_as}: ${found.alias}`, state].filter(Boolean).join(" · ")));
  if (found.id === me) return item;
  if (found.active) {
    const choose = element("select");
    choose.setAttribute("aria-label", `${words.role}: ${found.name}`);
    for (const { value, textContent } of $("invite-role").options) {
      const option = element("option", "", textContent);
      option.value = value; option.selected = value === found.role;
      choose.append(option);
    }
    // A thumb that slips over a list changes nobody's role: it is pressed as well.
    const change = button("", "", () => act("PUT", `/desk/api/people/${found.id}/role`, { role: choose.value }), "change");
    change.hidden = true;
    choose.addEventListener("change", () => {
      change.hidden = choose.value === found.role;
      change.textContent = `${words.confirm}: ${words["role_" + choose.value]}`;
      change.setAttribute("aria-label", `${change.textContent}, ${found.name}`);
    });
    item.append(choose, change);
  }
  if (found.pending && confirms) {
    item.append(element("p", "hint", words.confirm_explained));
    item.append(button(words.confirm, `${words.confirm}: ${found.name}`, () => act("POST", `/desk/api/people/${found.id}/confirm`), "primary"));
  }
  if (found.active || found.pending) item.append(sure(found));
  else if (confirms || found.role === "administrator") item.append(button(words.let_in, `${words.let_in}: ${found.name}`, () => act("PUT", `/desk/api/people/${found.id}/access`, { active: true })));
  return item;
};
/** Two taps: the first one asks. */
const sure = (found, said = words.end_access, then = () => act("PUT", `/desk/api/people/${found.id}/access`, { active: false })) => {
  const node = button(said, `${said}: ${found.name}`, () => {
    if (node.dataset.asked) { then(); return; }
    node.dataset.asked = "yes";
    node.textContent = words.end_access_sure;
    node.setAttribute("aria-label", `${words.end_access_sure} ${found.name}`);
  }, "danger");
  return node;
};
/** Somebody whose link still works: it can be taken back. */
const invited = (found) => {
  const item = element("li", "person");
  item.append(element("p", "name", found.name));
  item.append(element("p", "hint", `${words["role_" + found.role]} · ${words.invited} · ${words.invite_until} ${at(found.until)}`));
  item.append(sure(found, words.take_back, async () => { await act("DELETE", `/desk/api/invites/${found.id}`); $("invite-done").hidden = true; }));
  return item;
};
const people = async () => {
  const answer = await call("GET", "/desk/api/people");
  if (answer.status !== 200) { failed(answer); return; }
  me = answer.data.me;
  $("renewal").hidden = !answer.data.renewal_due;
  $("unvouched").hidden = !answer.data.unvouched;
  $("recovery").hidden = !answer.data.recovery;
  $("recovery-what").textContent = words[`recovery_${answer.data.recovery}`] || "";
  $("invited-list").replaceChildren(...answer.data.invited.map(invited));
  $("people-list").replaceChildren(...answer.data.people.map((found) => person(found, answer.data.confirms)));
  $("people").hidden = false;
};
$("invite-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await call("POST", "/desk/api/invites", { name: $("invite-name").value, role: $("invite-role").value });
  if (answer.status !== 201) { failed(answer); return; }
  $("fault").textContent = "";
  $("invite-link").value = location.origin + answer.data.path;
  $("invite-name").value = "";
  $("invite-done").hidden = false;
  await people();
  $("invite-link").focus();
  $("invite-link").select();
});
$("copy").addEventListener("click", async () => {
  try { await navigator.clipboard.writeText($("invite-link").value); $("copy").textContent = words.copied; }
  catch { $("invite-link").select(); }
});

$("logout").addEventListener("click", async () => {
  const answer = await call("DELETE", "/desk/api/session");
  if (answer.status !== 204 && answer.status !== 401) { failed(answer); return; }
  location.replace(`/desk?lang=${encodeURIComponent(lang)}`);
});

// -- one part at a time: which one is in the address, and its name is the page's title ------------------------------------
const PARTS = ["people", "one", "account", "replies", "partners", "hours", "figures", "audit"];
let audit = null;
const part = () => {
  const asked = location.hash.startsWith("#case=") ? "one" : location.hash.slice(1), there = PARTS.filter((name) => !$(name).hidden);
  const shown = there.includes(asked) ? asked : there[0];
  for (const name of PARTS) $(name).classList.toggle("off", name !== shown);
  for (const link of $("parts").children) {
    if (link.hash === `#${shown}`) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  document.title = `${$(shown).querySelector("h2").textContent} · ${words.title}`;
  return shown;
};
const parts = () => {
  $("parts").replaceChildren(...PARTS.filter((name) => !$(name).hidden).map((name) => {
    const link = element("a", "button quiet", $(name).querySelector("h2").textContent);
    link.href = `#${name}`;
    return link;
  }));
  part();
};
addEventListener("hashchange", () => { if (part() === "audit") audit?.renew(); });

(async () => {
  const answer = await call("GET", "/desk/api/session");
  if (answer.status !== 200) { failed(answer); return; }
  const { role, token, name } = answer.data;
  useToken(token);
  $("recovery-by").textContent = name;
  const supervises = role === "coordinator", manages = supervises || role === "administrator";
  if (role !== "administrator") {
    new One({ failed, supervises });
    await new ReplyList({ failed, sure, supervises, lang }).read();
  }
  if (supervises) {
    audit = new Audit({ failed, at });
    await Promise.all([new Figures({ failed }).read(), audit.read(), new PartnerList({ failed, sure }).read(), new OpeningHours({ failed }).read()]);
  }
  if (manages) await people();
  await new Account({ failed }).read();
  parts();
})();
