// While somebody chooses a password: how hard it is to guess, and the password itself for who wants to see it. The gateway decides
// by the same rules (`bot/security/passwords.py`).
import { $, words } from "./desk_base.js";

const ROWS = ["abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"];
const LINES = ROWS.flatMap((row) => [row, [...row].reverse().join("")]);
const LETTERS = { "@": "a", 4: "a", 3: "e", 0: "o", 1: "i", "!": "i", 5: "s", $: "s", 7: "t" };
const plain = (text) => text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");

const row = (text, place) => {
  let longest = /^([^])\1*/u.exec(text.slice(place))[0].length;
  for (const line of LINES) {
    const start = line.indexOf(text[place]);
    let length = 0;
    while (start >= 0 && start + length < line.length && text[place + length] === line[start + length]) length += 1;
    longest = Math.max(longest, length);
  }
  return longest > 2 ? longest : 0;
};
const seen = (text, place) => {
  let length = 0;
  while (place + length < text.length && text.slice(0, place).includes(text.slice(place, place + length + 1))) length += 1;
  return length > 2 ? length : 0;
};
/** How many characters are not guessed at once. */
export const effort = (password, name, common) => {
  const text = plain(password), letters = text.replace(/[@4301!5$7]/g, (sign) => LETTERS[sign]);
  const known = [...common, ...(plain(name).match(/[\p{L}\p{N}_]+/gu) || []).filter((part) => part.length > 2)].sort((a, b) => b.length - a.length);
  let place = 0, count = 0;
  while (place < text.length) {
    const word = known.find((one) => letters.startsWith(one, place) || text.startsWith(one, place)) || "";
    const year = /^(?:19|20)\d\d/.test(text.slice(place)) ? 4 : 0;
    place += Math.max(word.length, row(text, place), seen(text, place), year, 1);
    count += 1;
  }
  return count;
};

/** Draws it under the field as somebody types. */
export const watchPassword = () => {
  const field = $("password"), { common, enough } = $("strength").dataset, list = JSON.parse(common);
  const draw = () => {
    const found = effort(field.value, $("name").value, list), long = field.value.length >= field.minLength;
    const good = long && found >= Number(enough);
    $("strength").value = Math.min(found, 2 * Number(enough)) / 2 / Number(enough);
    $("strength-said").textContent = !field.value ? "" : good ? words.password_good : long ? words.password_weak : words.password_short;
    $("strength-said").className = field.value && !good ? "fault" : "hint";
    field.setCustomValidity(long && !good ? words.password_weak : "");
  };
  for (const id of ["password", "name"]) $(id).addEventListener("input", draw);
  $("password-show").addEventListener("change", () => { field.type = $("password-show").checked ? "text" : "password"; });
  draw();
};
