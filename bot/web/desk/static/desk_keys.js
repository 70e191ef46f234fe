// The desk by single keys: never while somebody writes or a dialog is open, and not for who has switched them off (a voice that
// dictates would press them).
import { $, element, words } from "./desk_base.js";

const OFF = "desk-keys-off";

const inCase = () => document.body.classList.contains("in-case");
const rows = () => [...document.querySelectorAll("#queue li.row:not([hidden]) > button:not(.second):not(:disabled)")];
const walk = (step) => {
  const all = rows(), here = all.indexOf(document.activeElement);
  all.at(here < 0 && step < 0 ? -1 : (here + step) % all.length)?.focus();
};
const more = (place) => { $("more-open").click(); place().focus(); };

const QUEUE = { j: () => walk(1), k: () => walk(-1), f: () => $("find-text").focus() };
const CASE = {
  j: () => walk(1), k: () => walk(-1),  // where the queue stands beside the case
  r: () => $("text").focus(), "/": () => $("canned-open").click(), n: () => $("notes-open").click(), u: () => $("back").click(),
  t: () => more(() => $("more-title")), e: () => more(() => document.querySelector("[data-outcome]")),
};
const SAID = [
  ["j", words.key_next], ["k", words.key_previous], ["f", words.find], ["Enter", `${words.take} · ${words.open}`], ["r", words.write_reply], ["/", words.canned],
  ["n", words.notes], ["t", words.transfer], ["e", words.close_case], ["u", words.back], ["Ctrl Enter", words.reply], ["?", words.shortcuts],
];

const off = () => { try { return localStorage.getItem(OFF) !== null; } catch { return false; } };
const list = () => { $("menu").close(); $("keys").showModal(); };

export const useKeys = () => {
  $("keys-list").replaceChildren(...SAID.flatMap(([key, said]) => {
    const name = element("dt");
    name.append(element("kbd", "", key));
    return [name, element("dd", "", said)];
  }));
  $("keys-on").checked = !off();
  $("keys-on").addEventListener("change", () => { try { if ($("keys-on").checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* as it is, then */ } });
  $("keys-open").addEventListener("click", list);
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(key) || event.defaultPrevented) return;
    if (!document.body.classList.contains("inside") || document.querySelector("dialog[open]") || off()) return;
    if (target.closest?.("input, textarea, select, [contenteditable]")) return;
    const act = key === "?" ? list : (inCase() ? CASE : QUEUE)[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
};
