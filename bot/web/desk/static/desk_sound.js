// Sound. Browsers allow it after the first touch of a page; while it is off, a large red button says so.
import { $, element, sign, words } from "./desk_base.js";

const ALARM = [[0, 660], [0.25, 880], [0.5, 660], [0.75, 880]];
const SOFT = { tell_new: [[0, 523], [0.2, 659]], tell_word: [[0, 587]] };

/** Whether this device is told of it: each can be switched off. */
export const wanted = (what) => { try { return localStorage.getItem(what) !== "off"; } catch { return true; } };
const choose = (what, on) => { try { localStorage.setItem(what, on ? "on" : "off"); } catch { /* until the page is closed */ } };

export class Sound {
  /** `awake`: what to do as soon as the page can be heard. */
  constructor({ awake }) {
    this.awake = awake;
    this.audio = null;
    this.pressed = false;
    this.wanted = wanted("sound");
    for (const kind of ["pointerup", "keydown"]) addEventListener(kind, (event) => { if (!event.target.closest?.("#sound, #sound-off")) this.wake(); }, { capture: true });
    $("sound").addEventListener("click", () => this.press(!this.audible));
    $("sound-off").addEventListener("click", () => this.press(true));
    for (const what of Object.keys(SOFT)) {
      $(what).checked = wanted(what);
      $(what).addEventListener("change", () => { choose(what, $(what).checked); if ($(what).checked) this.soft(what); });
    }
    this.wake();
  }

  get audible() { return this.wanted && this.audio?.state === "running"; }

  /** Turned on, it is heard at once. */
  async press(on) {
    this.wanted = on;
    choose("sound", on);
    this.pressed = true;
    await this.wake();
    this.pressed = false;
    this.ring();
  }

  async wake() {
    this.label();
    if (!this.audio && window.AudioContext) {
      this.audio = new AudioContext();
      this.audio.addEventListener("statechange", () => { this.label(); if (this.audible && !this.pressed) this.awake(); });
    }
    if (this.audio?.state === "suspended" && navigator.userActivation?.hasBeenActive !== false) await this.audio.resume().catch(() => {});
    this.label();
  }

  /** Says what is true: "off" as well while the browser does not let the page be heard yet. */
  label() {
    const word = this.audible ? words.sound_on : words.sound_off;
    if ($("sound").dataset.word === word) return;
    $("sound").dataset.word = word;
    $("sound").replaceChildren(sign(this.audible ? "♪" : "✕"), element("span", "says", word));
    $("sound-off").hidden = this.audible;
  }

  ring() {
    if (!this.wanted) return;
    if (navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate([300, 150, 300]);
    this.play(ALARM, 0.35);
  }

  /** For what calls nobody. */
  soft(what) { this.play(SOFT[what], 0.12); }

  play(tones, loudness) {
    if (!this.audible) return;
    const now = this.audio.currentTime;
    for (const [start, pitch] of tones) {
      const tone = this.audio.createOscillator(), volume = this.audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, now + start);
      volume.gain.linearRampToValueAtTime(loudness, now + start + 0.03);
      volume.gain.linearRampToValueAtTime(0, now + start + 0.22);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(now + start); tone.stop(now + start + 0.24);
    }
  }
}
