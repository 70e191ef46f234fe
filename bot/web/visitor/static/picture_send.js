// Sends a picture: says first who sees it and what is taken out of it. It is made small here already, where the browser can:
// that is less to send, and what else the file holds does not leave the phone.
const LONGEST = 1600;
const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
  const x = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
  return `${x.slice(0, 8)}-${x.slice(8, 12)}-${x.slice(12, 16)}-${x.slice(16, 20)}-${x.slice(20)}`;
};
const quiet = { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };
const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);
/** The same picture, smaller and without all that one does not see; as it is where that cannot be done. */
const small = async (file) => {
  try {
    const bitmap = await createImageBitmap(file), share = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.max(1, bitmap.width * share), height: Math.max(1, bitmap.height * share) });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await new Promise((made) => canvas.toBlob((blob) => made(blob || file), "image/jpeg", 0.85));
  } catch { return file; }
};
const token = () => { try { return sessionStorage.getItem("token"); } catch { return null; } };
/** Opens the form above the message bar, or closes it. */
export const open = async (button) => {
  const there = document.getElementById("picture-form");
  if (there) { there.remove(); return; }
  const language = document.documentElement.lang;
  const words = await fetch(`words/${language}/picture`, quiet).then((answer) => answer.json());
  if (document.getElementById("picture-form")) return;
  const form = element("form", "", { id: "picture-form" }), file = element("input", "", { type: "file", accept: "image/jpeg,image/png,image/webp", required: true });
  const said = element("p", ""), send = element("button", words.send, { className: "primary" }), close = element("button", words.close, { type: "button", className: "quiet" });
  said.setAttribute("role", "status");
  file.setAttribute("aria-label", words.button);
  form.append(element("p", words.explained, { className: "hint" }), file, send, close, said);
  close.addEventListener("click", () => { form.remove(); button.focus(); });
  let id = uuid();
  file.addEventListener("change", () => { id = uuid(); said.textContent = ""; });
  form.addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    if (send.disabled || !file.files.length || !token()) return;
    send.disabled = true;
    const answer = await small(file.files[0]).then((body) => fetch(`api/pictures?id=${id}`, {
      ...quiet, method: "POST", body, headers: { Authorization: "Bearer " + token(), "Content-Type": "application/octet-stream" },
    })).catch(() => null);
    send.disabled = false;
    if (answer && answer.ok) { form.remove(); document.getElementById("text").focus(); return; }
    const fault = answer && await answer.json().catch(() => null);
    said.textContent = words[fault && fault.error.code] || words.failed;
  });
  document.getElementById("write").before(form);
  file.focus();
};
