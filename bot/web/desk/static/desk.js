// The desk: who is logged in, what is shown, and the line to the gateway that keeps it true.
import { $, call, element, fault, forget, known, lang, place, practising, setClock, useToken, words } from "./desk_base.js";
import { Assign } from "./desk_assign.js";
import { Card } from "./desk_card.js";
import { Conversation } from "./desk_case.js";
import { Ending } from "./desk_ending.js";
import { recoverySwitch } from "./desk_codes.js";
import { Refused, setUsual, signed, supported, usual } from "./desk_passkey.js";
import { useKeys } from "./desk_keys.js";
import { Mute } from "./desk_mute.js";
import { Notify } from "./desk_notify.js";
import { Push } from "./desk_push.js";
import { Queue, wide } from "./desk_queue.js";
import { Rota } from "./desk_rota.js";
import { Work } from "./desk_work.js";

const SILENT_FOR = 40000;      // the gateway says something every 15 s: after this the line is broken
const ACTIVE_EVERY = 60000;
const IDLE = 30 * 60000, WARN = 5 * 60000;

let session = null, line = null, heard = 0, wait = 500, active = Date.now(), told = 0, warned = false;

const shownCase = () => { const found = /^#case=(\d+)$/.exec(location.hash); return found ? Number(found[1]) : null; };
const notify = new Notify();
const push = new Push({ notify });
const queue = new Queue({ notify, open: (id) => { location.hash = `case=${id}`; } });
const ending = new Ending({ ended: (id) => { conversation.over(id); if (shownCase() === null) work.lists(); }, back: (id) => { location.hash = `case=${id}`; }, expired: () => expired() });
const conversation = new Conversation({ ending, wiped: () => { work.close(); card.close(); }, expired: () => expired(), leave: () => { location.hash = ""; }, replied: (id) => queue.seen(id) });
queue.onExpired = () => expired();
const assign = new Assign({ queue, expired: () => expired() });
const rota = new Rota({ expired: () => expired() });
const work = new Work({ conversation, open: (id, found) => { if (found) queue.cases.set(id, found); location.hash = `case=${id}`; }, expired: () => expired() });
const card = new Card({ work });
const mute = new Mute({ expired: () => expired() });
queue.mute = (found) => mute.ask(found);
$("mute-open").addEventListener("click", () => { if (conversation.found) mute.ask(conversation.found); });

const show = (name) => {
  for (const id of ["login", "queue", "case"]) $(id).hidden = id !== name;
  if (name === "case" && wide.matches) $("queue").hidden = false;
  $("pick").hidden = name !== "queue" || !wide.matches;
  $("head").hidden = name === "login";
  $("back").hidden = name !== "case";
  document.body.classList.toggle("in-case", name === "case");
  document.body.classList.toggle("inside", name !== "login");
};

// -- what is shown follows the address, so that the phone's own Back works ------------------------------------------
const route = async () => {
  if (!session) return;
  const id = shownCase();
  if (id === null) {
    conversation.close();
    $("heading").textContent = words.title;
    show("queue");
    queue.draw();
    work.close();
    card.close();
    work.lists();
    $("heading").focus({ preventScroll: true });
    scrollTo(0, 0);
    if (!queue.first) arrive();
  } else {
    show("case");
    queue.seen(id);
    if (wide.matches) queue.draw();  // a case that one has just taken stands among one's own
    queue.news();
    $("heading").focus({ preventScroll: true });  // before reading: never while somebody has begun to write
    work.open(id, queue.cases.get(id));
    card.open(id);
    await conversation.open(id, queue.cases.get(id));
  }
};
addEventListener("hashchange", () => { $("hands").hidden = true; route(); });
wide.addEventListener("change", () => { if (session) show(shownCase() === null ? "queue" : "case"); });
$("back").addEventListener("click", () => { location.hash = ""; });

/** The link of a page leads to its case, through the log-in, and takes it. */
const arrive = () => {
  const number = /^#take=([\w-]+)$/.exec(location.hash)?.[1];
  if (!number) return;
  history.replaceState(null, "", location.pathname + location.search);
  const found = [...queue.cases.values()].find((one) => one.number === number);
  const theirs = found && queue.group(found) === "others";
  if (found && !theirs) queue.claim(found.id);
  else $("next-error").textContent = `${number}: ${theirs ? `${words.taken_by}: ${known(found.owner_name, found.owner_alias)}` : words.page_over}`;
};

// -- the line ---------------------------------------------------------------------------------------------------------
let down = false;
const offline = (yes) => { const text = yes ? words.offline : ""; if ($("offline").textContent !== text) $("offline").textContent = text; };
const hear = () => {
  heard = Date.now(); wait = 500; offline(false);
  if (down) { down = false; conversation.online(); }
};
const listen = () => {
  line?.close();
  if (!session) return;
  heard = Date.now();
  const mine = line = new EventSource(place("/desk/api/events"));
  mine.addEventListener("queue", (event) => {
    hear();
    const data = JSON.parse(event.data);
    setClock(data.now);
    queue.take(data.cases);
    ending.happened(queue.cases);
    arrive();
    conversation.update(queue.cases.get(conversation.id));
    work.facts(queue.cases.get(conversation.id));
    card.happened();
  });
  mine.addEventListener("beat", () => { hear(); card.happened(); });
  mine.addEventListener("writing", (event) => { hear(); conversation.writes(JSON.parse(event.data).case); });
  mine.addEventListener("expired", () => expired());
  mine.onerror = async () => {
    if (mine !== line) return;
    mine.close();
    offline(true); down = true;
    const answer = await call("GET", "/desk/api/session");
    if (mine !== line) return;
    if (answer.status === 401) { expired(); return; }
    setTimeout(() => { if (mine === line) listen(); }, wait);
    wait = Math.min(wait * 2, 8000);
  };
};
setInterval(() => { if (session && Date.now() - heard > SILENT_FOR) { offline(true); down = true; listen(); } }, 5000);
addEventListener("online", () => { down = true; if (session) listen(); });
addEventListener("visibilitychange", () => { if (!document.hidden && session && Date.now() - heard > 20000) listen(); });

// -- somebody is there: an open page alone keeps nobody logged in -------------------------------------------------------
const here = () => {
  active = Date.now(); warned = false;
  if (session && active - told > ACTIVE_EVERY) { told = active; call("GET", "/desk/api/session"); }
};
for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, here, { capture: true, passive: true });
setInterval(() => {
  if (session && !warned && Date.now() - active > IDLE - WARN) { warned = true; $("shout").textContent = words.still_there; $("offline").textContent = words.still_there; queue.ring(); }
}, 10000);

// -- the session ------------------------------------------------------------------------------------------------------
const begin = (found) => {
  if (found.role === "administrator") { location.replace(`/desk/manage?lang=${encodeURIComponent(lang)}`); return; }
  session = found;
  useToken(found.token);
  active = told = Date.now(); warned = false;
  queue.me = conversation.me = work.me = found.caseworker;
  rota.coordinates = found.role === "coordinator";
  assign.allowed(rota.coordinates);
  $("who").textContent = `${words.caseworker}: ${found.name}`;
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked && found.language !== lang) call("PUT", "/desk/api/session/language", { language: lang });
  else if (!asked && found.language && found.language !== lang) { location.search = `?lang=${encodeURIComponent(found.language)}`; return; }
  route();
  listen();
  tellFacts();
  if (!practising) push.begin();
};
// A quiet line under the queue, for coordinators: which facts in the answers are due. It never comes in a case's way.
const tellFacts = async () => {
  const answer = await call("GET", "/desk/api/facts");
  const due = answer.status === 200 ? answer.data.due : [];
  $("facts").hidden = !due.length;
  $("facts-count").textContent = `${words.facts_due}: ${due.length}`;
  $("facts-list").replaceChildren(...due.map((fact) => element("li", "", `${fact.shown} (${fact.id}, ${fact.since}: ${fact.source})`)));
};
/** Nobody logs in at the practice desk: it is begun again, or left. */
const over = () => {
  $("login").hidden = true;
  $("practice-over").hidden = false;
  document.querySelector("#practice-over h1").focus();
};
const end = (word) => {
  session = null;
  line?.close(); line = null;
  useToken("");
  conversation.close(); card.close(); queue.reset(); ending.stop();
  $("facts").hidden = true;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  show("login");
  if (practising) { over(); return; }
  passkeyFirst(supported && usual());
  $("login-error").textContent = word;
  $("password").value = $("code").value = "";
  $($("name").value ? "password" : "name").focus();
};
const expired = () => {
  if (!session) return;
  queue.ring();  // who relies on the sound must hear that there will be none
  end(words.error_expired);
  document.title = `⚠ ${words.login} · ${words.title}`;
};
const enter = async (second, byPasskey = false) => {
  $("login-error").textContent = "";
  const buttons = [...$("login-form").querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  let answer = null;
  try { answer = await call("POST", "/desk/login", { name: $("name").value, password: $("password").value, ...(await second()) }); }
  catch (refused) { $("login-error").textContent = refused instanceof Refused ? refused.message : words.passkey_none; passkeyFirst(false); }
  for (const button of buttons) button.disabled = false;
  $("code").value = "";
  if (answer?.status === 200) {
    $("password").value = "";
    setUsual(byPasskey);
    codes.reset();
    $("recovered").hidden = !("recovery_left" in answer.data);
    $("recovered").textContent = `${words.recovery_left}: ${answer.data.recovery_left}`;
    begin(answer.data);
    return;
  }
  if (answer) $("login-error").textContent = fault(answer);
  ($("code").disabled ? $("password") : $("code")).focus();
};
const codes = recoverySwitch($("recovery"), $("code"), $("code-label"));
const withPasskey = () => {
  if ($("name").reportValidity() && $("password").reportValidity()) enter(async () => ({ passkey: await signed("/desk/login/challenge") }), true);
};
$("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = $("code").value;
  if ($("code").disabled) withPasskey(); else enter(async () => ({ code }));
});
/** A finger in place of the field for a code, where that is how somebody comes in; the code is one press away. */
const passkeyFirst = (yes) => {
  if (!$("passkey")) return;
  $("by-code").hidden = $("code").disabled = $("enter").hidden = $("recovery").hidden = yes;
  $("use-code").hidden = !yes;
  $("passkey").classList.toggle("primary", yes);
};
if ($("passkey") && supported) {
  $("passkey").hidden = false;
  $("passkey").addEventListener("click", withPasskey);
  $("use-code").addEventListener("click", () => { passkeyFirst(false); $("code").focus(); });
  passkeyFirst(usual());
}
$("logout").addEventListener("click", async () => {
  await ending.finish();
  const answer = await call("DELETE", "/desk/api/session");
  if (answer.status !== 204 && answer.status !== 401) { $("menu-error").textContent = fault(answer); return; }
  if (!practising) await push.unsubscribe();
  forget();
  if (practising) { location.replace(`/desk?lang=${encodeURIComponent(lang)}`); return; }
  history.replaceState(null, "", location.pathname + location.search);
  end("");
});

$("more-open").addEventListener("click", () => { $("take-out").hash = `case=${$("heading").textContent}`; });

if (practising) for (const dialog of document.querySelectorAll("dialog")) dialog.prepend(element("p", "practice-word", words.practice));

useKeys();

// -- the menu -----------------------------------------------------------------------------------------------------------
$("menu-open").addEventListener("click", () => { $("menu-error").textContent = ""; $("menu").showModal(); });
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());

(async () => {
  let answer = await call("GET", "/desk/api/session");
  if (practising && answer.status === 401) {
    forget();  // drafts of a practice that is over
    const begun = await call("POST", "/desk/begin", { language: lang });
    answer = begun.status === 204 ? await call("GET", "/desk/api/session") : begun;
    if (answer.status !== 200 && answer.status !== 0) { location.replace(`/desk?lang=${encodeURIComponent(lang)}`); return; }
  }
  if (answer.status === 200) begin(answer.data);
  else { show("login"); $("name").focus(); if (answer.status === 0) $("login-error").textContent = fault(answer); }
})();
