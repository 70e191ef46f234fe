// The visitor page. No third party, nothing kept beyond this tab: the token lives in sessionStorage and goes with it.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const body = document.body;
  const state = { token: null, code: null, lang: null, words: {}, seq: 0, drawn: new Set(), mine: new Map(), queue: [], sending: false, stream: null, halted: false };

  // -- leaving fast: first, so that it works whatever else fails -------------------------------------------------
  const leave = (event) => {
    if (event) event.preventDefault();
    state.halted = true;
    $("curtain").hidden = false;
    try { sessionStorage.clear(); } catch { /* storage may be switched off */ }
    if (state.stream) state.stream.abort();
    $("log").replaceChildren();
    $("text").value = "";
    document.title = "";
    location.replace(body.dataset.exit);
  };
  $("leave").addEventListener("click", leave);
  let shifts = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") { shifts = []; return; }
    if (event.repeat) return;
    shifts = shifts.filter((t) => event.timeStamp - t < 2000).concat(event.timeStamp);
    if (shifts.length === 3) leave();
  });
  // The Back button after leaving must not bring the talk back from the browser's page cache.
  addEventListener("pagehide", () => { if (state.halted) $("log").replaceChildren(); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const keep = (name, value) => { try { value === null ? sessionStorage.removeItem(name) : sessionStorage.setItem(name, value); } catch { /* not kept, then */ } };
  const kept = (name) => { try { return sessionStorage.getItem(name); } catch { return null; } };
  const uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    const h = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
  };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const call = (method, path, data) => fetch(path, {
    method, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
    headers: Object.assign({ "Content-Type": "application/json" }, state.token ? { Authorization: "Bearer " + state.token } : {}),
    body: data === undefined ? undefined : JSON.stringify(data),
  });

  // -- words -----------------------------------------------------------------------------------------------------
  const useLanguage = async (code) => {
    const answer = await fetch(`words/${encodeURIComponent(code)}`, { credentials: "omit" });
    if (!answer.ok) throw new Error("words");
    const data = await answer.json();
    state.lang = code; state.words = data.labels; state.facts = data.facts;
    document.documentElement.lang = code;
    document.documentElement.dir = data.rtl ? "rtl" : "ltr";
    for (const node of document.querySelectorAll("[data-words]")) node.textContent = state.words[node.dataset.words] || "";
    $("before-text").textContent = state.words.before_you_start;
    $("text").placeholder = state.words.write_here;
    $("write").setAttribute("aria-label", state.words.write_here);
    keep("lang", code);
  };
  const show = (name) => {
    for (const id of ["choose", "before", "chat"]) $(id).hidden = id !== name;
    $("write").hidden = $("menu-open").hidden = name !== "chat";
    if (name === "before") $("before").focus();
  };
  const say = (word) => { $("state").textContent = word ? state.words[word] || "" : ""; };

  // -- drawing ---------------------------------------------------------------------------------------------------
  const element = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) { node.textContent = text; node.dir = "auto"; }
    return node;
  };
  const callLink = (number, label) => { const a = element("a", "call", label); a.href = "tel:" + number; return a; };
  const draw = (message) => {
    if (state.drawn.has(message.seq)) return;
    state.drawn.add(message.seq);
    state.seq = Math.max(state.seq, message.seq);
    const pending = message.from === "person" && state.mine.get(message.seq);
    if (pending) pending.remove();
    const item = element("li", message.from + (message.urgency ? " " + message.urgency : ""));
    item.dataset.seq = message.seq;
    if (message.from !== "person") item.append(element("p", "who", state.words[message.from + "_label"] || ""));
    const card = message.urgency && message.from === "system";
    if (card) { // thirty seconds: the numbers under the thumb before anything to read
      const calls = element("div", "calls");
      calls.append(callLink(state.facts.emergency, state.words.call_112), callLink(state.facts.stop, state.words.call_stop));
      item.append(calls);
    }
    item.append(element("p", "text", message.text));
    if (message.choices && message.choices.length) {
      const box = element("div", "choices");
      for (const choice of message.choices) {
        const button = element("button", "", choice.label);
        button.type = "button";
        button.addEventListener("click", () => { retire(); queue({ path: "api/choices", data: { id: uuid(), choice: choice.token }, label: choice.label }); });
        box.append(button);
      }
      item.append(box);
    }
    const later = [...$("log").children].find((n) => Number(n.dataset.seq) > message.seq);
    $("log").insertBefore(item, later || [...$("log").children].find((n) => n.classList.contains("waiting")) || null);
    if (message.from === "person") retire(message.seq);
    item.scrollIntoView({ block: card ? "start" : "end" });
  };
  // Buttons of what was said earlier are put away once the person has gone on; the safety card keeps its own.
  const retire = (before = Infinity) => {
    for (const box of document.querySelectorAll("#log .choices")) {
      const item = box.closest("li");
      if (Number(item.dataset.seq) < before && !item.classList.contains("emergency")) box.remove();
    }
  };

  // -- sending: in order, once, waiting out a bad network ---------------------------------------------------------
  const queue = (item) => {
    item.node = element("li", "person waiting");
    item.node.append(element("p", "text", item.label));
    $("log").append(item.node);
    item.node.scrollIntoView({ block: "end" });
    state.queue.push(item);
    send();
  };
  const send = async () => {
    if (state.sending) return;
    state.sending = true;
    let wait = 500;
    while (state.queue.length && !state.halted) {
      const item = state.queue[0];
      say("sending");
      let answer = null;
      try { answer = await call("POST", item.path, item.data); } catch { /* no network: wait and try again */ }
      if (answer && answer.status === 202) {
        const { seq } = await answer.json();
        state.queue.shift();
        if (state.drawn.has(seq)) item.node.remove(); else state.mine.set(seq, item.node);
        wait = 500; say("sent");
      } else if (answer && answer.status === 401) { gone(); return; }
      else if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        state.queue.shift(); item.node.remove(); say("not_sent");
      } else {
        say("connection_lost");
        await pause(answer && answer.status === 429 ? 1000 * Number(answer.headers.get("Retry-After") || 2) : wait);
        wait = Math.min(wait * 2, 8000);
      }
    }
    state.sending = false;
  };

  // -- receiving: a stream, begun again where it broke -------------------------------------------------------------
  const event = (block) => {
    let name = "message", data = "";
    for (const line of block.split(/\r?\n/)) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      if (line.startsWith("data:")) data += line.slice(5).trim();
    }
    if (name === "gone") gone();
    else if (data) draw(JSON.parse(data));
  };
  const listen = async () => {
    let wait = 500;
    const token = state.token;
    while (!state.halted && state.token === token) {
      state.stream = new AbortController();
      try {
        const answer = await fetch(`api/events?after=${state.seq}`, { headers: { Authorization: "Bearer " + token }, cache: "no-store", credentials: "omit", signal: state.stream.signal });
        if (answer.status === 401) { gone(); return; }
        if (!answer.ok) throw new Error("stream");
        wait = 500;
        if (!state.sending) say("");
        const reader = answer.body.getReader(), decoder = new TextDecoder();
        let text = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          text += decoder.decode(value, { stream: true });
          const blocks = text.split(/\r?\n\r?\n/);
          text = blocks.pop();
          blocks.forEach(event);
        }
      } catch { if (state.halted || state.token !== token) return; say("connection_lost"); }
      await pause(wait);
      wait = Math.min(wait * 2, 8000);
    }
  };

  // -- the conversation's life -------------------------------------------------------------------------------------
  const begin = (opened) => {
    state.token = opened.token;
    if (opened.return_code) { state.code = opened.return_code; keep("code", state.code); }
    keep("token", state.token);
    $("return-code").textContent = state.code || "";
    show("chat");
    listen();
    $("text").focus();
  };
  const gone = () => {
    state.token = null; state.code = null; state.seq = 0; state.queue = []; state.sending = false; state.drawn.clear(); state.mine.clear();
    for (const name of ["token", "code", "draft"]) keep(name, null);
    $("log").replaceChildren(); $("menu").close(); $("delete-sure").hidden = true;
    show(state.lang ? "before" : "choose");
  };
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", async () => { await useLanguage(button.dataset.language); show("before"); });
  }
  $("other-language").addEventListener("click", () => show("choose"));
  $("start").addEventListener("click", async () => {
    $("start").disabled = true;
    try {
      const answer = await call("POST", "api/conversations", { language: state.lang });
      if (answer.status === 201) begin(await answer.json());
    } catch { $("restore-error").textContent = state.words.connection_lost; }
    $("start").disabled = false;
  });
  $("restore").addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    const answer = await call("POST", "api/conversations/restore", { return_code: $("code").value }).catch(() => null);
    $("code").value = "";
    if (answer && answer.status === 201) begin(await answer.json());
    else $("restore-error").textContent = state.words[answer && answer.status === 404 ? "restore_failed" : "connection_lost"];
  });
  const write = () => {
    const text = $("text").value.trim();
    if (!text || !state.token) return;
    $("text").value = ""; keep("draft", null); grow();
    retire();
    queue({ path: "api/messages", data: { id: uuid(), text }, label: text });
  };
  const grow = () => { const t = $("text"); t.style.height = "auto"; t.style.height = t.scrollHeight + 2 + "px"; };
  $("write").addEventListener("submit", (submitted) => { submitted.preventDefault(); write(); });
  $("text").addEventListener("input", () => { keep("draft", $("text").value || null); grow(); });
  $("text").addEventListener("keydown", (pressed) => {
    if (pressed.key === "Enter" && !pressed.shiftKey && !pressed.isComposing) { pressed.preventDefault(); write(); }
  });
  // Not modal: a modal one would lie over the way out.
  $("menu-open").addEventListener("click", () => { if ($("menu").open) $("menu").close(); else { $("menu").show(); $("menu-close").focus(); } });
  addEventListener("keydown", (pressed) => { if (pressed.key === "Escape" && $("menu").open) { $("menu").close(); $("menu-open").focus(); } });
  $("menu-close").addEventListener("click", () => $("menu").close());
  $("ask-person").addEventListener("click", () => { $("menu").close(); queue({ path: "api/messages", data: { id: uuid(), text: state.words.talk_to_person }, label: state.words.talk_to_person }); });
  $("delete").addEventListener("click", () => { $("delete-sure").hidden = false; });
  $("delete-yes").addEventListener("click", async () => {
    const answer = await call("DELETE", "api/conversations").catch(() => null);
    if (answer && (answer.status === 204 || answer.status === 401)) { if (state.stream) state.stream.abort(); gone(); }
    else { $("menu").close(); say("connection_lost"); }
  });

  (async () => {
    const lang = kept("lang"), token = kept("token");
    if (!lang) return;
    try { await useLanguage(lang); } catch { return; }
    if (token) { state.code = kept("code"); begin({ token }); $("text").value = kept("draft") || ""; grow(); }
    else show("before");
  })();
})();
