// The desk: who is logged in, what is shown, and the line to the gateway that keeps it true.
import { $, call, fault, lang, setClock, useToken, words } from "./desk_base.js";
import { Conversation } from "./desk_case.js";
import { Queue } from "./desk_queue.js";

const SILENT_FOR = 40000;      // the gateway says something every 15 s: after this the line is broken
const ACTIVE_EVERY = 60000;
const IDLE = 30 * 60000, WARN = 5 * 60000;

let session = null, line = null, heard = 0, wait = 500, active = Date.now(), told = 0, warned = false;

const shownCase = () => { const found = /^#case=(\d+)$/.exec(location.hash); return found ? Number(found[1]) : null; };
const queue = new Queue({ open: (id) => { location.hash = `case=${id}`; }, inCase: () => conversation.id !== null });
const conversation = new Conversation({ expired: () => expired(), leave: () => { location.hash = ""; } });
queue.onExpired = () => expired();

const show = (name) => {
  for (const id of ["login", "queue", "case"]) $(id).hidden = id !== name;
  $("head").hidden = name === "login";
  $("back").hidden = name !== "case";
  document.body.classList.toggle("in-case", name === "case");
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
    $("heading").focus({ preventScroll: true });
    scrollTo(0, 0);
  } else {
    show("case");
    queue.news();
    $("heading").focus({ preventScroll: true });  // before reading: never while somebody has begun to write
    await conversation.open(id, queue.cases.get(id));
  }
};
addEventListener("hashchange", route);
$("back").addEventListener("click", () => { location.hash = ""; });

// -- the line ---------------------------------------------------------------------------------------------------------
const offline = (yes) => { const text = yes ? words.offline : ""; if ($("offline").textContent !== text) $("offline").textContent = text; };
const hear = () => { heard = Date.now(); wait = 500; offline(false); };
const listen = () => {
  line?.close();
  if (!session) return;
  heard = Date.now();
  const mine = line = new EventSource("/desk/api/events");
  mine.addEventListener("queue", (event) => {
    hear();
    const data = JSON.parse(event.data);
    setClock(data.now);
    queue.take(data.cases);
    conversation.update(queue.cases.get(conversation.id));
  });
  mine.addEventListener("beat", hear);
  mine.addEventListener("expired", () => expired());
  mine.onerror = async () => {
    if (mine !== line) return;
    mine.close();
    offline(true);
    const answer = await call("GET", "/desk/api/session");
    if (mine !== line) return;
    if (answer.status === 401) { expired(); return; }
    setTimeout(() => { if (mine === line) listen(); }, wait);
    wait = Math.min(wait * 2, 8000);
  };
};
setInterval(() => { if (session && Date.now() - heard > SILENT_FOR) { offline(true); listen(); } }, 5000);
addEventListener("online", () => { if (session) listen(); });
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
  session = found;
  useToken(found.token);
  active = told = Date.now(); warned = false;
  queue.me = conversation.me = found.caseworker;
  $("who").textContent = `${words.caseworker}: ${found.name}`;
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked && found.language !== lang) call("PUT", "/desk/api/session/language", { language: lang });
  else if (!asked && found.language && found.language !== lang) { location.search = `?lang=${encodeURIComponent(found.language)}`; return; }
  route();
  listen();
};
const end = (word) => {
  session = null;
  line?.close(); line = null;
  useToken("");
  conversation.close(); queue.reset();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  show("login");
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
$("login-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector(".primary");
  button.disabled = true;
  $("login-error").textContent = "";
  const answer = await call("POST", "/desk/login", { name: $("name").value, password: $("password").value, code: $("code").value });
  button.disabled = false;
  $("code").value = "";
  if (answer.status === 200) { $("password").value = ""; begin(answer.data); return; }
  $("login-error").textContent = fault(answer);
  $("code").focus();
});
$("logout").addEventListener("click", async () => {
  const answer = await call("DELETE", "/desk/api/session");
  if (answer.status !== 204 && answer.status !== 401) { $("invite-error").textContent = fault(answer); return; }
  try { sessionStorage.clear(); } catch { /* nothing was kept, then */ }
  history.replaceState(null, "", location.pathname + location.search);
  end("");
});

// -- the menu -----------------------------------------------------------------------------------------------------------
$("menu-open").addEventListener("click", () => { $("invite-done").hidden = true; $("invite-error").textContent = ""; $("menu").showModal(); });
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
$("invite-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("invite-error").textContent = "";
  const answer = await call("POST", "/desk/api/invites", { name: $("invite-name").value });
  if (answer.status !== 201) { $("invite-error").textContent = fault(answer); return; }
  $("invite-link").value = location.origin + answer.data.path;
  $("invite-name").value = "";
  $("invite-done").hidden = false;
  $("invite-link").focus();
  $("invite-link").select();
});
$("copy").addEventListener("click", async () => {
  try { await navigator.clipboard.writeText($("invite-link").value); $("copy").textContent = words.copied; }
  catch { $("invite-link").select(); }
});

(async () => {
  const answer = await call("GET", "/desk/api/session");
  if (answer.status === 200) begin(answer.data);
  else { show("login"); $("name").focus(); if (answer.status === 0) $("login-error").textContent = fault(answer); }
})();
