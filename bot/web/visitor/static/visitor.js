// The visitor page. No third party, nothing kept beyond this tab: the token lives in sessionStorage and goes with it. What is said or
// opens the talk again is kept there sealed, or not at all (sealed.js).
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const body = document.body;
  const SECRETS = ["code", "telegram", "draft", "queue"];
  const CARD = "li.system.emergency, li.system.urgent";
  const state = { token: null, code: null, lang: null, words: {}, seq: 0, drawn: new Set(), mine: new Map(), queue: [], sending: false, stream: null, halted: false, handoff: null, placed: 0, writes: 0, signed: 0, away: false, reading: false, news: [], unseen: 0 };

  // -- leaving fast: first, so that it works whatever else fails -------------------------------------------------
  /** The token ends at the gateway too: what a browser has written to its disk by then opens nothing. */
  const endAccess = (token) => {
    if (token) fetch("api/access", { method: "DELETE", keepalive: true, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", headers: { Authorization: "Bearer " + token } }).catch(() => {});
  };
  const hush = () => { if (window.speechSynthesis) speechSynthesis.cancel(); };
  const forget = () => {
    state.halted = true;
    endAccess(state.token);
    $("curtain").hidden = false;
    try { sessionStorage.clear(); } catch { /* storage may be switched off */ }
    if (state.stream) state.stream.abort();
    hush();
    $("log").replaceChildren();
    $("text").value = $("return-code").textContent = "";
    document.title = "";
  };
  const leave = (event) => {
    if (event) event.preventDefault();
    forget();
    if (top !== self) { // in a frame the whole page goes: by our script there, or where the site lets a press do that
      parent.postMessage({ left: body.dataset.exit }, "*");
      try { top.location.replace(body.dataset.exit); } catch { /* it does not */ }
      setTimeout(() => location.replace(body.dataset.exit), 1500);
    } else location.replace(body.dataset.exit);
  };
  addEventListener("message", (event) => { // three times Shift on the page around the frame: that page leaves
    if (top === self || event.source !== parent) return;
    hush(); // it was closed, at least
    if (event.data !== "leave") return;
    forget();
    parent.postMessage({ left: body.dataset.exit }, event.origin);
  });
  const around = (data) => { if (top !== self) parent.postMessage(data, "*"); }; // nothing of the talk
  around({ here: true });
  $("leave").addEventListener("click", leave);
  let shifts = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") { shifts = []; return; }
    if (event.repeat) return;
    shifts = shifts.filter((t) => event.timeStamp - t < 2000).concat(event.timeStamp);
    if (shifts.length === 3) leave();
  });
  // The Back button after leaving must not bring the talk back from the browser's page cache.
  addEventListener("pagehide", () => { hush(); if (state.halted) $("log").replaceChildren(); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // By its attribute: browsers of 2021 know no dialog.
  const menuOpen = () => $("menu").hasAttribute("open");
  const menu = (open) => { if (open) $("menu").setAttribute("open", ""); else $("menu").removeAttribute("open"); $("about").removeAttribute("open"); $("menu-open").setAttribute("aria-expanded", String(open)); };
  const keep = (name, value) => { if (state.halted) return; try { value === null ? sessionStorage.removeItem(name) : sessionStorage.setItem(name, value); } catch { /* not kept, then */ } };
  const kept = (name) => { try { return sessionStorage.getItem(name); } catch { return null; } };
  /** Nothing before the key is here: then it seals what there is by then. */
  const seal = (name, value) => { if (state.seal) state.seal(name, value); };
  /** `failed`: the network, or the gateway, does not give it for now. */
  const sealing = async (failed) => {
    for (let tries = 0; ; tries++) {
      const found = await import("./sealed.js?" + tries).catch(() => null); // by another name: some browsers remember a failure
      if (found) return found;
      failed();
      await pause(1000);
    }
  };
  const uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    const h = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
  };
  /** `ms`, or until the network is back. */
  const pause = (ms) => new Promise((done) => {
    const on = () => { clearTimeout(timer); removeEventListener("online", on); done(); };
    const timer = setTimeout(on, ms);
    addEventListener("online", on);
  });

  const call = (method, path, data, proof, token = state.token) => fetch(path, {
    method, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
    headers: Object.assign({ "Content-Type": "application/json" }, token ? { Authorization: "Bearer " + token } : {}, proof ? { "Inloop-Proof": proof } : {}),
    body: data === undefined ? undefined : JSON.stringify(data),
  });
  /** What `send(proof)` answers, when the work is done that it asks for while very many begin: none, mostly. */
  const paid = async (send) => {
    let answer = await send("");
    for (let tries = 0; answer.status === 428 && tries < 3; tries++) {
      const { solve } = await import("./work.js");
      answer = await send(await solve(answer.headers.get("Inloop-Challenge")));
    }
    return answer;
  };
  /** Whether sending the same again would end the same: not after too many, and not after a network that was too slow. */
  const final = (answer) => answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429;

  // -- words -----------------------------------------------------------------------------------------------------
  const put = (node) => { spoken(node, state.words[node.dataset.words] || ""); };
  /** Of the language that the browser asked for, the words before a talk came with the page. */
  const own = JSON.parse($("words").textContent);
  const wordsOf = async (code, part = "") => {
    const answer = await fetch(`words/${encodeURIComponent(code)}${part}`, { credentials: "omit" });
    if (!answer.ok) throw new Error("words");
    return answer.json();
  };
  const reword = () => { document.querySelectorAll("[data-words]").forEach(put); titled(); status(); };
  const within = (more) => {
    Object.assign(state.words, more.labels); state.facts = more.facts; state.said = more.said;
    $("draft").hidden = !more.draft;
    $("text").placeholder = state.words.write_here;
    $("write").setAttribute("aria-label", state.words.write_here);
    offerTelegram(state.telegram);
    if (state.news.length) news(state.news);
  };
  /** The words of a talk come while one reads those before it; none is shown without them. */
  const complete = async (code) => {
    while (state.lang === code && !state.halted) {
      const more = await wordsOf(code, "/within").catch(() => pause(1000));
      if (more && state.lang === code) { within(more); reword(); return; }
    }
  };
  const useLanguage = async (code) => {
    const talks = state.token || kept("token");
    const [data, more] = await Promise.all([code === own.language ? own : wordsOf(code), talks ? wordsOf(code, "/within") : null]);
    if (state.wanted && state.wanted !== code) return; // another one was pressed meanwhile
    state.lang = code; state.words = data.labels;
    chooseVoice();
    spoken($("nobody"), data.nobody).hidden = !data.nobody;
    document.documentElement.lang = code;
    document.documentElement.dir = data.rtl ? "rtl" : "ltr";
    if (more) within(more);
    else state.rest = complete(code);
    reword();
    keep("lang", code);
  };
  /** How many have come while one looked elsewhere: only for who asked for it, since others may see the tab. */
  const titled = () => { if (!state.halted && state.lang) document.title = (state.unseen && kept("count") ? `(${state.unseen}) ` : "") + state.words.title; };
  /** All of the page in another language, as soon as the network lets its words through; whether it is still wanted. */
  const speakIn = async (code) => {
    state.wanted = code;
    while (state.lang !== code && state.wanted === code && !state.halted) await useLanguage(code).catch(() => pause(1000));
    return state.wanted === code && !state.halted;
  };
  const show = (name) => {
    for (const id of ["choose", "before", "chat"]) $(id).hidden = id !== name;
    $("write").hidden = $("menu-open").hidden = $("status").hidden = name !== "chat";
    if (name === "before") { $("before").focus({ preventScroll: true }); scrollTo(0, 0); }
  };
  /** For how long somebody is said to be writing after a sign of it, and how often one is sent oneself. */
  const WRITES = 6000, SIGN_EVERY = 3000;
  const ANSWERS = { program: "bot", asked: "waiting", here: "owned" };
  // Under the bar, always true: no connection, or who answers; while one waits, what is done about it and for how long.
  // As the gateway says it; before it does, as the messages do. A report puts one in the queue, and asks for nobody.
  // `Standing.line` says the same for the pages without scripts.
  const status = () => {
    const s = (!state.stale && state.standing) || {}, told = state.handoff;
    const line = s.state !== "asked" ? ANSWERS[s.state] || told : told === "bot" ? told : s.coming ? "coming" : s.nobody ? "nobody" : s.called ? "called" : "waiting";
    const lost = state.deaf || state.mute, asked = Boolean(line) && line !== "bot" && line !== "owned", waits = asked && !lost, now = lost ? "connection_lost" : "status_" + line;
    const minutes = s.since ? Math.floor((Date.now() - state.since) / 60_000) : 0, waited = waits && minutes > 0;
    $("status").className = now + (waits ? " waits" : "");
    const here = now === "status_owned" ? s : {}, named = here.name;
    const word = here.reading === false ? state.words.status_not_reading : named ? state.words.status_named.replace("{name}", () => `\u2068${named}\u2069`) : (waits && s.hours) || state.words[now] || ""; // none before the first message says who answers
    $("ask-person").parentNode.hidden = line !== "bot"; // one was asked, or is here
    if (line && !asked) for (const box of document.querySelectorAll("#log .asked .choices")) box.remove(); // nothing is left to take back
    if ($("status-word").textContent !== word) $("status-word").textContent = word;
    state.line = line;
    const writes = now === "status_owned" && Date.now() < state.writes;
    const time = writes ? "· " + state.words.writing : waited ? "· " + (minutes < 60 ? state.words.minutes.replace("{count}", minutes) : state.words.hours.replace("{count}", Math.floor(minutes / 60))) : "";
    if ($("status-time").textContent !== time) $("status-time").textContent = time;
  };
  /** `deaf`: nothing comes; `mute`: nothing goes. Each says itself when that is over. */
  const offline = (how, is) => { state[how] = is; status(); };
  /** What went wrong, in words: by the code of the answer. Above the field, so that it is seen wherever one reads. */
  const tell = (code) => { $("state").textContent = code ? state.said[code] || state.said.failed : ""; };

  // -- reading aloud: only with a voice that is on this device; a remote one would send the words to somebody ---------
  const speech = window.speechSynthesis;
  const chooseVoice = () => {
    const voices = speech ? speech.getVoices() : [];
    state.voice = voices.find((v) => v.localService && v.lang.toLowerCase().split(/[-_]/)[0] === state.lang) || null;
    body.classList.toggle("speaks", !!state.voice);
  };
  if (speech) speech.addEventListener("voiceschanged", chooseVoice);
  /** A button that reads `text()` aloud, and stops. Not to be seen where there is no voice. */
  const listenButton = (text) => {
    const button = element("button", "listen"), icon = element("span", "", "▶");
    button.type = "button"; icon.setAttribute("aria-hidden", "true");
    button.append(icon, wordNode("span", "", "listen"));
    button.addEventListener("click", async () => {
      const { listen } = await import("./listen.js").catch(() => ({}));
      // Whoever has left meanwhile, or turned the page away, hears nothing.
      if (listen && state.voice && !state.halted && !document.hidden) listen(button, text(), state.voice, { put, warned: kept("aloud"), warns: () => keep("aloud", "1") });
    });
    return button;
  };

  // -- drawing ---------------------------------------------------------------------------------------------------
  const towards = (text) => document.documentElement.dir === "rtl" && /[\u0590-\u08ff]/.test(text) ? "rtl" : "auto"; // though it begins with "Payoke"
  const element = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) { node.textContent = text; node.dir = towards(text); }
    return node;
  };
  /** With a word of the page, that follows its language. */
  const wordNode = (name, className, key) => {
    const node = element(name, className);
    node.dataset.words = key;
    put(node);
    return node;
  };
  /** A machine translated what a caseworker wrote: said so, with the original one tap away. */
  const translated = (message) => {
    let language = message.translated_from;
    try { language = new Intl.DisplayNames([state.lang], { type: "language" }).of(language) || language; } catch { /* the code, then */ }
    const note = element("p", "translated", (state.words.translated_from || "").replace("{language}", language));
    const details = element("details", "translated");
    const text = element("p", "original", message.original);
    text.lang = message.translated_from;
    details.append(element("summary", "", state.words.original), text);
    return message.doubtful ? [note, element("p", "translated doubtful", state.words.translation_doubtful), details] : [note, details];
  };
  // No number is broken over two lines, and nothing else is kept whole: every other part is what the brackets caught.
  // What we say of telephone numbers can be pressed (`calls`).
  const PHONE = /^(0\d[\d ]{6,}|112|101|106|107|108|1712|1813|116 000)$/;
  const spoken = (node, text, calls) => {
    node.replaceChildren(...text.split(/(\d[\d ]{0,18}\d(?: BE\b)?)/).map((part, at) => {
      const tel = at % 2 && calls && PHONE.test(part);
      if (!tel && !(at % 2 && part.includes(" "))) return part;
      const made = element(tel ? "a" : "span", "number", part);
      if (tel) made.href = "tel:" + part.replace(/ /g, "");
      return made;
    }));
    return node;
  };
  const phone = document.querySelector(".numbers .sign");
  const callLink = (number, key, className) => {
    const a = element("a", className);
    a.append(phone.cloneNode(true), wordNode("span", "", key));
    a.href = "tel:" + number;
    return a;
  };
  const draw = (message) => {
    if (state.drawn.has(message.seq)) return null;
    state.drawn.add(message.seq);
    state.seq = Math.max(state.seq, message.seq);
    if (message.return_code) { $("return-code").textContent = state.code = message.return_code; offerTelegram(null); seal("code", state.code); seal("telegram", null); }
    const pending = message.from === "person" && state.mine.get(message.seq);
    if (pending) pending.remove();
    const handoff = message.handoff || state.handoff || "bot";
    if (handoff !== state.handoff && !(message.urgency && state.handoff === "owned")) { // a danger is in the queue, unless a caseworker reads already
      state.handoff = handoff; state.stale = Boolean(state.standing) && ANSWERS[state.standing.state] !== handoff; status();
    }
    if (message.from === "caseworker") { state.writes = 0; status(); }
    const item = element("li", message.from + (message.urgency ? " " + message.urgency : ""));
    item.dataset.seq = message.seq;
    if (message.from === "system" && message.choices.length && !message.handoff) item.classList.add("asks");
    if (message.handoff === "waiting" && !message.urgency) item.classList.add("asked");
    if (message.from !== "person") {
      const who = element("p", "who");
      who.append(wordNode("span", "", message.from + "_label"));
      if (message.step) who.append(element("span", "step", state.words.step.replace("{number}", message.step[0]).replace("{total}", message.step[1])));
      item.append(who);
    }
    const card = message.urgency && message.from === "system";
    if (card) { // thirty seconds: the numbers under the thumb before anything to read
      const calls = element("div", "calls");
      calls.append(callLink(state.facts.emergency, "call_112", "call"), callLink(state.facts.stop, "call_stop", "call help"));
      item.append(calls);
    }
    const lines = card ? message.text.split("\n").filter(Boolean) : [message.text], first = lines.slice(0, 3).join("\n");
    item.append(spoken(element("p", "text", first), first, message.from !== "person"));
    if (message.translated_from) item.append(...translated(message));
    if (message.from !== "person") item.append(listenButton(() => [message.text, ...message.choices.map((c) => c.label)].join(". ")));
    for (const minor of [false, true]) { // what answers, and below it what skips, stops, goes back
      const offered = message.choices.filter((choice) => Boolean(choice.minor) === minor), box = element("div", minor ? "choices minor" : "choices");
      for (const choice of offered) {
        const button = element("button", "", choice.label);
        button.type = "button";
        button.addEventListener("click", () => {
          retire();
          queue({ path: "api/choices", data: { id: uuid(), choice: choice.token }, label: choice.label });
          if (choice.language) speakIn(choice.language);
        });
        box.append(button);
      }
      if (offered.length) item.append(box);
    }
    if (lines.length > 3) { // three lines are read; the rest is there
      const more = element("details", "more"), rest = lines.slice(3).join("\n");
      more.append(wordNode("summary", "", "more"), spoken(element("p", "rest", rest), rest, true));
      item.append(more);
    }
    if (message.seq === 1) item.append(wordNode("p", "hint", "text_only"));
    const later = [...$("log").children].find((n) => Number(n.dataset.seq) > message.seq);
    $("log").insertBefore(item, later || [...$("log").children].find((n) => n.classList.contains("waiting")) || null);
    if (message.from === "person") retire(message.seq);
    return item;
  };

  // -- where one reads: nobody is thrown to the end; what has come out of sight is one tap away ----------------------
  const page = document.scrollingElement || document.documentElement;
  const news = (items) => {
    state.news = items;
    $("news").hidden = !items.length;
    $("news").replaceChildren(`↓ ${items.length}`, element("span", "sr", ` ${state.words.new_message}`));
  };
  /** The same again, where the bar has become higher meanwhile: it would lie over the number to call. */
  const settle = () => { if (state.at && !state.away) { state.at.item.scrollIntoView(state.at); state.placed = scrollY; } };
  const place = (item, block) => {
    state.at = { item, block }; state.away = false;
    settle(); news([]);
  };
  addEventListener("scroll", () => {
    const end = page.scrollHeight - innerHeight - scrollY < 80;
    if (end || Math.abs(scrollY - state.placed) > 40) state.away = !end;
    if (state.news.length && (end || state.news[0].getBoundingClientRect().top < $("write").getBoundingClientRect().top - 40)) news([]);
  }, { passive: true });
  $("news").addEventListener("click", () => place(state.news[0], "start"));
  /** What came goes into view, unless the person reads further up: a long answer, a card, an earlier word. */
  const arrive = (item) => {
    const own = item.matches(".person"), card = item.matches(CARD), person = item.matches(".caseworker");
    if (own) { if (!state.away) place(item, "end"); state.reading = false; return; }
    const stays = state.away || (!person && (underCard(item) || (state.reading && !item.matches(".asks"))));
    if (stays && !card) { news([...state.news, item]); return; }
    state.reading = tooLong(item);
    place(item, card || state.reading ? "start" : "end");
  };
  /** After the first real exchange, once: the words that open the talk again, shown only when they are asked for. */
  const offerCode = () => {
    const person = document.querySelector("#log li.person:not(.waiting) ~ li.bot"), asked = document.querySelector(`#log .asks .choices, ${CARD}`);
    if (!person || asked || !state.code || kept("offered")) return;
    keep("offered", "1");
    const item = element("li", "system offer"), box = element("div", "choices");
    const button = (key, done) => { const made = wordNode("button", "", key); made.type = "button"; made.addEventListener("click", done); box.append(made); };
    button("keep_code_show", () => {
      const code = element("p", "code", state.code);
      code.dir = "ltr";
      box.replaceWith(wordNode("p", "hint", "return_code_explained"), code);
      place(item, tooLong(item) ? "start" : "end");
    });
    button("no_thanks", () => item.remove());
    item.append(wordNode("p", "text", "keep_code"), box);
    const last = $("log").lastElementChild, seen = !state.away && !state.reading && last.offsetHeight + item.offsetHeight < innerHeight / 2;
    $("log").append(item);
    if (seen) place(item, "end");
  };
  /** Places what came at once: of a whole talk, what came since the person's last word. */
  const arrived = (items) => {
    const last = items.map((item) => item.matches(".person")).lastIndexOf(true);
    items.slice(Math.max(last, 0)).forEach(arrive);
    offerCode();
    if (items.some((item) => !item.matches(".person"))) around({ came: true });
    if (document.hidden) { state.unseen += items.filter((item) => !item.matches(".person")).length; titled(); }
  };
  addEventListener("visibilitychange", () => { if (document.hidden) hush(); else { state.unseen = 0; titled(); } });
  // What does not fit between the bar and the field to write is read from its beginning: the buttons come when one has read.
  const tooLong = (item) => {
    const style = getComputedStyle(item);
    return item.offsetHeight > innerHeight - parseFloat(style.scrollMarginTop) - parseFloat(style.scrollMarginBottom);
  };
  const underCard = (item) => {
    let before = item.previousElementSibling;
    while (before && !before.matches("li.person") && !before.matches(CARD)) before = before.previousElementSibling;
    return Boolean(before && before.matches(CARD));
  };
  // Buttons of what was said earlier are put away once the person has gone on; the safety card keeps its own.
  const retire = (before = Infinity) => {
    for (const box of document.querySelectorAll("#log .choices")) {
      const item = box.closest("li");
      if (Number(item.dataset.seq) < before && !item.matches(CARD)) box.remove();
    }
  };

  // -- sending: in order, once, waiting out a bad network ---------------------------------------------------------
  const save = () => seal("queue", state.queue.length ? state.queue.map(({ path, data, label }) => ({ path, data, label })) : null);
  const queue = (item) => {
    item.node = element("li", "person waiting");
    item.node.append(element("p", "text", item.label), wordNode("p", "who", "sending"));
    $("log").append(item.node);
    state.reading = false;
    const offer = document.querySelector("#log .offer .choices");
    if (offer) offer.closest("li").remove(); // the menu has it
    place(item.node, "end");
    state.queue.push(item);
    save();
    send();
  };
  const send = async () => {
    if (state.sending || state.held) return;
    state.sending = true;
    let wait = 500;
    while (state.queue.length && !state.halted) {
      const item = state.queue[0];
      let answer = null;
      try { answer = await call("POST", item.path, item.data); } catch { /* no network: wait and try again */ }
      if (answer && answer.status === 202) {
        const { seq } = await answer.json();
        state.queue.shift(); save();
        if (state.drawn.has(seq)) item.node.remove();
        else { state.mine.set(seq, item.node); const who = item.node.querySelector(".who"); who.dataset.words = "sent"; put(who); }
        wait = 500; tell(null); offline("mute", false);
      } else if (answer && answer.status === 401) { gone(); return; }
      else if (answer && final(answer)) {
        const { error } = await answer.json().catch(() => ({}));
        state.queue.shift(); save(); item.node.remove(); tell(error && error.code);
        if (item.data.text) { // so that it can be made shorter; before what was written since
          $("text").value = [item.data.text, $("text").value].filter(Boolean).join("\n");
          seal("draft", $("text").value); grow();
        }
      } else {
        // Nothing can be kept there, and the numbers are shown all the same.
        if (answer && answer.status === 503) answer.clone().json().then(({ card }) => { if (card) draw(card); }, () => {});
        if (answer) tell(answer.status === 429 ? "too_many" : "failed");
        offline("mute", !answer);
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
    if (name === "gone") gone(JSON.parse(data || "{}").why);
    else if (name === "writing") { state.writes = Date.now() + WRITES; status(); setTimeout(status, WRITES); }
    else if (name === "state") {
      const standing = state.standing = JSON.parse(data);
      state.since = Date.now() - (Date.parse(standing.now) - Date.parse(standing.since)); // by one clock: a phone's may be wrong
      state.stale = false;
      offline("deaf", false); // not before: what was true then may be so no more
    }
    else if (data) return draw(JSON.parse(data));
    return null;
  };
  const listen = async () => {
    let wait = 500;
    const token = state.token;
    while (!state.halted && state.token === token) {
      state.stream = new AbortController();
      try {
        const answer = await fetch(`api/events?state=1&after=${state.seq}`, { headers: { Authorization: "Bearer " + token }, cache: "no-store", credentials: "omit", signal: state.stream.signal });
        if (answer.status === 401) { gone(); return; }
        if (!answer.ok) throw new Error("stream");
        wait = 500;
        const reader = answer.body.getReader(), decoder = new TextDecoder(), stream = state.stream;
        let text = "", silent;
        for (;;) {
          clearTimeout(silent);
          silent = setTimeout(() => stream.abort(), 50_000); // the gateway says something every 20 s
          const { value, done } = await reader.read().finally(() => clearTimeout(silent));
          if (done) break;
          text += decoder.decode(value, { stream: true });
          const blocks = text.split(/\r?\n\r?\n/);
          text = blocks.pop();
          arrived(blocks.map(event).filter(Boolean));
        }
      } catch { if (state.halted || state.token !== token) return; offline("deaf", true); }
      await pause(wait);
      wait = Math.min(wait * 2, 8000);
    }
  };

  /** The app's own link: the browser's history does not hold the code then, and no server is asked. */
  const offerTelegram = (link) => {
    state.telegram = link;
    const found = /^https:\/\/t\.me\/(\w+)\?start=([\w-]+)$/.exec(link || "");
    $("telegram-part").hidden = !found;
    if (!found) return;
    $("telegram").href = `tg://resolve?domain=${found[1]}&start=${found[2]}`;
    $("telegram-by-hand").textContent = state.words.telegram_by_hand.replace("{bot}", "@" + found[1]);
  };

  // -- the conversation's life -------------------------------------------------------------------------------------
  /** A keyboard on the screen would hide half of the first words: into the field only where there is a real one. */
  const focus = (pressed) => {
    if (matchMedia("(hover: hover) and (pointer: fine)").matches || (pressed && pressed.detail === 0)) $("text").focus();
    else $("chat").focus({ preventScroll: true });
  };
  const begin = async (opened, pressed) => {
    if (opened.language) await speakIn(opened.language); // the talk's own, whatever this page was opened in
    await state.rest;
    state.token = opened.token;
    $("note").textContent = "";
    state.code = opened.return_code || null; state.seal = null;
    if (state.code) for (const name of SECRETS) keep(name, null); // of another talk
    state.held = Boolean(kept("queue")); // typed before this reload: it goes first
    offerTelegram(opened.telegram);
    keep("token", state.token); keep("seen", Date.now());
    $("return-code").textContent = state.code || "";
    show("chat");
    listen();
    focus(pressed);
    sealing(() => { state.held = false; send(); }).then(({ secure }) => secure(parts, opened));
  };
  const gone = (why = "not_open") => {
    state.token = state.code = state.seal = state.handoff = state.standing = null; state.held = state.stale = state.deaf = state.mute = false; state.seq = 0; state.queue = []; state.sending = false; state.drawn.clear(); state.mine.clear();
    for (const name of ["token", "offered", ...SECRETS]) keep(name, null);
    hush();
    $("log").replaceChildren(); tell(null); news([]); menu(false); $("delete-sure").hidden = true;
    $("note").textContent = state.words[why] || (state.said || {})[why] || "";
    show(state.lang ? "before" : "choose");
  };
  for (const button of document.querySelectorAll("[name=language]")) {
    button.addEventListener("click", async (pressed) => {
      pressed.preventDefault();
      button.setAttribute("aria-busy", "true");
      if (await speakIn(button.value)) await goOn();
      button.removeAttribute("aria-busy");
    });
  }
  const list = element("ul", "languages");
  for (const given of document.querySelectorAll("[name=language]")) {
    const button = given.cloneNode(true), item = element("li");
    button.type = "button"; button.removeAttribute("name"); button.className = "";
    item.append(button); list.append(item);
    button.addEventListener("click", () => {
      menu(false); $("tongues").removeAttribute("open");
      queue({ path: "api/language", data: { id: uuid(), language: button.value }, label: button.textContent });
      speakIn(button.value);
    });
  }
  $("tongues").append(list);
  $("other-language").addEventListener("click", () => show("choose"));
  $("start").addEventListener("click", async (pressed) => {
    $("start").disabled = true;
    $("note").textContent = "";
    try {
      const answer = await paid((proof) => call("POST", "api/conversations", { language: state.lang }, proof));
      await state.rest;
      if (answer.status === 201) await begin(await answer.json(), pressed);
      else $("note").textContent = answer.status === 429 ? state.said.too_many : state.said.failed;
    } catch { $("note").textContent = state.words.connection_lost; }
    $("start").disabled = false;
  });
  $("restore").addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    const typed = $("code").value;
    const answer = await paid((proof) => call("POST", "api/conversations/restore", { return_code: typed }, proof)).catch(() => null);
    if (answer) await state.rest;
    if (answer && answer.status === 201) { $("code").value = $("restore-error").textContent = ""; await begin(await answer.json()); }
    else $("restore-error").textContent = answer && answer.status === 404 ? await wrong(answer, typed) : state.words.connection_lost;
  });
  /** What is wrong with a code that stays in its field: which word, or how many there are. */
  const wrong = async (answer, typed) => {
    const { error } = await answer.json(), words = /^[\u3400-\u9fff]+$/.test(typed.trim()) ? [...typed.trim()] : typed.trim().split(/\s+/);
    const unknown = error.unknown.map((at) => words[at - 1]).join(", ");
    const said = [unknown && state.words.code_unknown.replace("{word}", unknown), words.length !== 6 && state.words.code_six];
    return said.filter(Boolean).join(" ") || state.words.restore_failed;
  };
  const write = () => {
    const text = $("text").value.trim();
    if (!text || !state.token) return;
    $("text").value = ""; seal("draft", null); grow();
    retire();
    queue({ path: "api/messages", data: { id: uuid(), text }, label: text });
  };
  /** That one writes, and nothing of what, to the caseworker who is here; it never stands before a message. */
  const sign = () => {
    if (!body.dataset.writing || state.line !== "owned" || state.queue.length || !$("text").value || Date.now() - state.signed < SIGN_EVERY) return;
    state.signed = Date.now();
    call("POST", "api/writing").catch(() => {});
  };
  const grow = () => { const t = $("text"); t.style.height = "auto"; t.style.height = t.scrollHeight + 2 + "px"; };
  $("write").addEventListener("submit", (submitted) => { submitted.preventDefault(); write(); });
  $("text").addEventListener("input", () => { seal("draft", $("text").value || null); grow(); sign(); });
  $("text").addEventListener("keydown", (pressed) => {
    if (pressed.key === "Enter" && !pressed.shiftKey && !pressed.isComposing) { pressed.preventDefault(); write(); }
  });
  $("before-text").after(listenButton(() => $("before-text").innerText));
  // A picture or a voice message would be dropped without a word.
  for (const kind of ["paste", "drop"]) {
    addEventListener(kind, (given) => {
      if (!state.token || !(given.clipboardData || given.dataTransfer)?.files.length) return;
      given.preventDefault();
      tell("unread_kind");
    });
  }
  addEventListener("dragover", (given) => given.preventDefault());

  // Both are higher with large letters, and where the line of the state needs two.
  const bar = $("leave").closest("header");
  const measure = (node, name) => { if (window.ResizeObserver) new ResizeObserver(() => { document.documentElement.style.setProperty(name, node.offsetHeight + 6 + "px"); settle(); }).observe(node); };
  measure(bar, "--bar"); measure($("write"), "--foot");
  // Not modal: a modal one would lie over the way out.
  $("menu-open").addEventListener("click", () => { menu(!menuOpen()); if (menuOpen()) { $("menu").scrollTop = 0; $("menu").querySelector("p:not([hidden]) > button, summary").focus({ preventScroll: true }); } });
  // What the program is, and who can use the page: fetched when asked for, and nothing of it in the history.
  let asked = null;
  for (const button of document.querySelectorAll("[name=do]")) {
    button.addEventListener("click", async (pressed) => {
      pressed.preventDefault();
      asked = button;
      const page = await fetch(`about/${document.documentElement.lang}/${button.value}`, { credentials: "omit" }).then((answer) => answer.json())
        .catch(() => ({ title: "", texts: [(state.lang ? state.words : own.labels).connection_lost] }));
      if (asked !== button || state.halted) return;
      spoken($("about-title"), page.title);
      $("about-text").replaceChildren(...page.texts.map((text) => spoken(element("p"), text, true)));
      $("about").setAttribute("open", "");
      $("about").scrollTop = 0;
      $("about").focus({ preventScroll: true });
    });
  }
  const closeAbout = () => { $("about").removeAttribute("open"); asked.focus({ preventScroll: true }); };
  $("about-close").addEventListener("click", closeAbout);
  addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Escape") return;
    if ($("about").hasAttribute("open")) closeAbout();
    else if (menuOpen()) { menu(false); $("menu-open").focus(); }
  });
  $("count").checked = Boolean(kept("count"));
  $("count").addEventListener("change", () => { keep("count", $("count").checked ? "1" : null); titled(); });
  $("menu-close").addEventListener("click", () => menu(false));
  $("ask-person").addEventListener("click", () => { menu(false); queue({ path: "api/messages", data: { id: uuid(), text: state.words.talk_to_person }, label: state.words.talk_to_person }); });
  $("delete").addEventListener("click", () => { $("delete-sure").hidden = false; });
  $("delete-yes").addEventListener("click", async () => {
    const answer = await call("DELETE", "api/conversations").catch(() => null);
    if (answer && (answer.status === 204 || answer.status === 401)) { if (state.stream) state.stream.abort(); gone("deleted"); }
    else { menu(false); offline("mute", true); }
  });

  // Browsers give a tab that was closed its storage back when it is opened again.
  const ASLEEP = 30 * 60_000;
  const awake = () => { if (state.token && !state.halted) { keep("seen", Date.now()); status(); } };
  setInterval(awake, 20_000);
  /** After that long nothing is shown any more, and the key goes; what waited to be sent is still sent. */
  const closeOld = async (token) => {
    const waits = kept("queue");
    for (const name of ["code", "draft", "telegram"]) keep(name, null);
    $("note").textContent = state.words.page_closed;
    show("before");
    const doors = [$("start"), $("restore").querySelector("button")]; // no other talk begins in between
    const open = (is) => { for (const door of doors) door.disabled = !is; };
    if (waits) {
      open(false);
      const { sendOld } = await sealing(() => open(true));
      await sendOld(parts, token, waits, () => open(true));
    }
    if (kept("token") === token) for (const name of ["token", "queue", "seen"]) keep(name, null); // else another talk has begun meanwhile
    open(true);
  };

  const parts = { state, $, call, pause, final, keep, kept, queue, send, save, grow, offerTelegram, offerCode, SECRETS };
  /** The talk that this tab has a key of, or the page before the first use. */
  const goOn = async () => {
    const token = kept("token");
    if (!token) show("before");
    else if (Date.now() - Number(kept("seen")) > ASLEEP) await closeOld(token);
    else await begin({ token });
  };
  const lang = kept("lang");
  if (lang) speakIn(lang).then((wanted) => wanted && goOn()); // without a network: the languages stand there
})();
