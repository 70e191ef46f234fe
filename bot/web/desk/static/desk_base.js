// What the pages of the desk share: words, small elements, calls to the gateway, times.
import { done } from "./work.js";

export const words = JSON.parse(document.body.dataset.words);
export const lang = document.documentElement.lang;
/** Days and times as they are written here: in English too, the day stands before the month. */
export const locale = lang === "en" ? "en-GB" : lang;
export const $ = (id) => document.getElementById(id);

export const element = (name, className, text) => {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
};
/** A colleague by their name, and by the one that persons know. */
export const known = (name, alias) => (alias && alias !== name ? `${name} (${words.known_as}: ${alias})` : name);
/** A button whose `label`, which is read aloud, says more than what stands on it. */
export const button = (text, label, pressed, className = "") => {
  const node = element("button", className, text);
  node.type = "button";
  node.setAttribute("aria-label", label);
  node.addEventListener("click", pressed);
  return node;
};
/** A sign beside words that say the same; it is not read aloud. */
export const sign = (character) => {
  const node = element("span", "", character + "\ufe0e");
  node.setAttribute("aria-hidden", "true");
  return node;
};

export const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
  const h = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
};

/** The practice desk has the routes of the desk below its own address, and drafts of its own. */
export const practising = document.body.dataset.practice === "1";
export const place = (path) => practising ? path.replace(/^\/desk\//, "/desk/practice/") : path;
const OWN = "practice:";
/** Forgets what this desk kept in the tab, and nothing of the other one. */
export const forget = () => { try { for (const name of Object.keys(sessionStorage)) if (name.startsWith(OWN) === practising) sessionStorage.removeItem(name); } catch { /* nothing was kept, then */ } };
export const keep = (name, value) => { try { const own = practising ? OWN + name : name; value === null ? sessionStorage.removeItem(own) : sessionStorage.setItem(own, value); } catch { /* not kept, then */ } };
export const kept = (name) => { try { return sessionStorage.getItem(practising ? OWN + name : name); } catch { return null; } };

let sent = "";
/** The session's own token goes along with every change. */
export const useToken = (value) => { sent = value; };
export const token = () => sent;

/** When a log-in costs work (a browser that is new here, while strangers guess or very many come), it is done unseen. */
const once = (method, path, data) => done((proof) => fetch(place(path), {
  method, cache: "no-store", credentials: "same-origin", referrerPolicy: "no-referrer",
  headers: { "Content-Type": "application/json", "X-Desk-Token": sent, ...(proof ? { "Inloop-Proof": proof } : {}) },
  body: data === undefined ? undefined : JSON.stringify(data),
}));
// -- somebody is there: only that keeps a session going, and nothing that a page does by itself ------------------------
const HERE_EVERY = 60000;
let here = 0;
const touched = () => {
  if (!sent || Date.now() - here < HERE_EVERY) return;
  here = Date.now();
  once("POST", "/desk/api/session/here").catch(() => { here = 0; });
};
for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, touched, { capture: true, passive: true });

let askAgain = null;
/** What a page does when the gateway wants the password again; true when it was given. */
export const onPasswordAgain = (ask) => { askAgain = ask; };
/** The gateway's answer. When it wants the password first, that is asked for, and then the same is sent once more. */
export const send = async (method, path, data) => {
  const answer = await once(method, path, data);
  if (answer.status !== 403 || !askAgain) return answer;
  const body = await answer.clone().json().catch(() => null);
  return body?.error?.code === "password_again" && await askAgain() ? once(method, path, data) : answer;
};

/** `{status, data, code, retry}`; status 0 when there is no network. */
export const call = async (method, path, data) => {
  let answer;
  try { answer = await send(method, path, data); } catch { return { status: 0, data: null, code: "offline" }; }
  const body = await answer.json().catch(() => null);
  return { status: answer.status, data: body, code: body && body.error ? body.error.code : "", retry: Number(answer.headers.get("Retry-After") || 0) };
};

export const unit = (value, name) => new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
let skew = 0;
/** The gateway's clock counts: a phone's own may be wrong. */
export const setClock = (iso) => { skew = Date.parse(iso) - Date.now(); };
/** What time it is there. */
export const clock = () => Date.now() + skew;
/** How long ago: "4 min", "2 h 5 min", "3 days". */
export const waited = (iso) => {
  const minutes = Math.max(0, Math.floor((clock() - Date.parse(iso)) / 60000));
  if (minutes < 60) return unit(minutes, "minute");
  if (minutes < 48 * 60) return unit(Math.floor(minutes / 60), "hour") + (minutes % 60 ? " " + unit(minutes % 60, "minute") : "");
  return unit(Math.floor(minutes / 1440), "day");
};
/** Whether the person's page is open, or since when it is not; nothing where nobody knows. */
export const presence = ({ page }) => {
  if (!page) return null;
  const text = element("span", page.open ? "there" : "away", page.open ? words.page_open : `${words.page_shut} · `);
  if (page.since) {
    const since = element("span", "", waited(page.since));
    since.dataset.since = page.since;
    text.append(since);
  }
  return text;
};
/** A local time; the day as well when it is not today. */
export const at = (iso) => {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(locale, { ...(today ? {} : { day: "numeric", month: "short" }), hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
};
/** A day of the calendar. */
export const dayOf = (iso) => {
  const date = new Date(`${iso}T12:00`), year = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", ...year }).format(date);
};
const names = typeof Intl.DisplayNames === "function" ? new Intl.DisplayNames([lang], { type: "language" }) : null;
export const languageName = (code) => {
  if (!code) return words.language_unknown;
  try { return names ? names.of(code) : code; } catch { return code; }
};

const SIGNS = { emergency: "⚠", urgent: "▲", none: "○" };
export const badge = (urgency) => {
  const node = element("span", "badge " + urgency);
  node.append(sign(SIGNS[urgency]), " " + words["urgency_" + urgency]);
  return node;
};
export const signals = (list) => list.map((id) => words["signal_" + id] || id).join(" · ");

/** What to say when a call failed. */
export const fault = (answer) => ({
  offline: words.offline, not_owner: words.error_not_yours, not_found: words.deleted_by_person, gone: words.deleted_by_person,
  colleague_offline: words.colleague_offline, colleague_full: words.colleague_full, colleague_nobody: words.colleague_nobody, too_many_kept: words.too_many_kept, hold_time: words.hold_wrong, too_many_replies: words.reply_full, not_a_name: words.shown_rules, not_offered: words.not_offered, full: words.full,
  not_readable: words.not_readable, log_in_failed: words.error_login, name_taken: words.name_taken,
  unauthorized: words.error_expired, forbidden: words.error_forbidden, last_coordinator: words.last_coordinator, not_consented: words.not_consented, look_first: words.look_first,
  password_again: words.again_explained, challenge_over: words.challenge_over, passkey_refused: words.passkey_none, no_passkeys_here: words.passkey_not_here,
  too_many: `${words.slow_down} (${unit(answer.retry || 1, "second")})`,
  claimed_by_other: `${words.claimed_by_other} ${words.taken_by}: ${answer.data?.error?.owner || "?"}`,
})[answer.code] || words.error_generic;
