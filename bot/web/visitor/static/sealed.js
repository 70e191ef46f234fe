// What is kept of a talk over a reload. A browser writes down what a page keeps, and leaves it there when the page is gone: so it is
// sealed. The key is in memory alone; the gateway tells it with the talk, and after a reload to whoever shows a token that is good.
"use strict";
const BLOCK = 512; // bytes: how long a draft is does not show
/** Seals and opens; null where the browser cannot. */
const sealer = async (told) => {
  if (!self.crypto || !crypto.subtle) return null;
  const key = await crypto.subtle.importKey("raw", Uint8Array.from(atob(told), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]);
  return {
    seal: async (value) => {
      const text = new TextEncoder().encode(JSON.stringify(value)), filled = new Uint8Array(Math.ceil(text.length / BLOCK) * BLOCK).fill(32);
      filled.set(text);
      const iv = crypto.getRandomValues(new Uint8Array(12)), sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, filled));
      return Array.from([...iv, ...sealed], (byte) => String.fromCharCode(byte)).join("");
    },
    open: async (box) => {
      const raw = Uint8Array.from(box, (c) => c.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: raw.subarray(0, 12) }, key, raw.subarray(12))));
    },
  };
};
/** The sealer of a token, as soon as the network lets its key through; null when the gateway tells none. `failed`: it answers, but not now. */
const sealerOf = async ({ state, call, pause, final }, token, failed) => {
  for (let wait = 500; !state.halted; wait = Math.min(wait * 2, 8000)) {
    const answer = await call("GET", "api/key", undefined, undefined, token).catch(() => null);
    if (answer && final(answer)) return null;
    const told = answer && answer.ok && await answer.json().catch(() => null);
    if (told) return sealer(told.key);
    if (answer) failed();
    await pause(wait);
  }
  return null;
};
/** Keeps the talk from now on, sealed, and brings back what was kept of it before a reload. What was written while the key was on its way comes after that. */
export const secure = async (parts, { token, key }) => {
  const { state, $, keep, kept, queue, send, SECRETS } = parts;
  const goOn = () => { if (state.token === token && state.held) { state.held = false; send(); } };
  const made = await (key ? sealer(key) : sealerOf(parts, token, goOn)).catch(() => null);
  const [code, telegram, draft, waiting] = await Promise.all(SECRETS.map((name) => made && kept(name) && made.open(kept(name)).catch(() => null)));
  if (!made || state.halted || state.token !== token) { goOn(); return; }
  const turns = {};
  const seal = state.seal = async (name, value) => {
    const turn = turns[name] = (turns[name] || 0) + 1, box = value === null ? null : await made.seal(value).catch(() => null);
    if (state.seal === seal && turn === turns[name]) keep(name, box); // else something newer is on its way, or another talk has begun
  };
  if (!state.code && code) { state.code = code; $("return-code").textContent = code; parts.offerTelegram(telegram); }
  if (draft) { $("text").value = [draft, $("text").value].filter(Boolean).join("\n"); parts.grow(); }
  if (waiting) {
    const since = state.queue.splice(state.sending ? 1 : 0); // the first one is on its way already
    for (const { node } of since) node.remove();
    [...waiting, ...since].forEach(queue);
  }
  goOn();
  seal("code", state.code); seal("telegram", state.telegram || null); seal("draft", $("text").value || null); parts.save();
  parts.offerCode();
};
/** Sends what waited in a tab that slept too long, under the token that it had. `open()` lets another talk begin meanwhile. */
export const sendOld = async (parts, token, box, open) => {
  const { call, final, pause } = parts, made = await sealerOf(parts, token, open);
  for (const { path, data } of (made && await made.open(box).catch(() => null)) || []) {
    for (;;) {
      const answer = await call("POST", path, data, undefined, token).catch(() => null);
      if (answer && (answer.ok || final(answer))) break;
      if (answer && answer.status >= 500) open(); // nobody is kept out by what cannot be sent
      await pause(3000);
    }
  }
};
