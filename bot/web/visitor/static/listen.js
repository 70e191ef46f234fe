// Reading aloud, loaded when somebody first presses for it: by a voice of the device itself, and never before they have
// read, once in this tab, that others may hear it too.
let speaking = null;
const turn = (button, on, put) => {
  speaking = on ? button : null;
  const [icon, word] = button.children;
  icon.textContent = on ? "■" : "▶";
  word.dataset.words = on ? "listen_stop" : "listen";
  put(word);
};
/** Reads `text` aloud, or stops; `warned` and `warns` keep that the warning was read, `put` puts words into a node. */
export const listen = (button, text, voice, { put, warned, warns }) => {
  const before = speaking, synthesis = window.speechSynthesis;
  synthesis.cancel();
  if (before) turn(before, false, put);
  if (before === button) return;
  if (!warned) {
    const warning = document.createElement("p");
    warning.className = "hint"; warning.dataset.words = "listen_warning";
    warning.setAttribute("role", "status");
    button.after(warning);
    put(warning);
    warns();
    return;
  }
  document.querySelectorAll("[data-words=listen_warning]").forEach((warning) => warning.remove());
  const said = new SpeechSynthesisUtterance(text);
  said.voice = voice; said.lang = voice.lang; said.rate = 0.9;
  said.onend = said.onerror = () => { if (speaking === button) turn(button, false, put); };
  turn(button, true, put);
  synthesis.speak(said);
};
