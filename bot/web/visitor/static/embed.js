// One script tag on another site's page: a button that opens the chat in a sandboxed frame. It sets no cookie, keeps
// nothing, and asks for nothing before the button is pressed.
"use strict";
(() => {
  const script = document.currentScript;
  const door = new URL("./", script.src);
  const label = script.dataset.label || "Chat";
  const style = (node, values) => { for (const [name, value] of Object.entries(values)) node.style.setProperty(name, value); return node; };
  const corner = {
    position: "fixed", "inset-inline-end": "1rem", bottom: "1rem", "z-index": "2147483000", font: "600 1rem system-ui, sans-serif",
    "min-height": "3rem", "min-width": "3rem", padding: ".5rem 1.2rem", border: "1px solid #fff", "border-radius": "1.5rem",
    background: "#1d5f58", color: "#fff", "text-decoration": "none", cursor: "pointer", "box-sizing": "border-box",
  };
  const put = (node) => { if (document.body) document.body.append(node); else addEventListener("DOMContentLoaded", () => document.body.append(node)); };
  if (door.origin === location.origin) { // a frame of the same origin would be open to this page's scripts: a link, then
    const link = style(document.createElement("a"), corner);
    link.href = door.href; link.textContent = label; link.rel = "noreferrer";
    put(link);
    return;
  }

  const open = { "min-height": "2.75rem", bottom: ".375rem", padding: "0 1rem" };
  let frame = null, here = false; // the chat has said that it stands in the frame
  const button = style(document.createElement("button"), corner);
  button.type = "button"; button.textContent = label;
  button.setAttribute("aria-expanded", "false");
  const mark = (text) => { // its name stays, for who hears it
    button.textContent = text;
    button.setAttribute("aria-label", text === label + " \u25cf" ? text : label);
  };
  const show = (shown) => {
    frame.hidden = !shown;
    frame.style.setProperty("display", shown ? "block" : "none");
    button.setAttribute("aria-expanded", String(shown));
    mark(shown ? "\u25bc" : label);
    style(button, shown ? open : corner);
    if (shown) frame.focus();
    else frame.contentWindow.postMessage("closed", door.origin); // what is read aloud there stops
  };
  /** No chat has come into the frame: this site may not show one, or the network lost it. The chat's own page, then. */
  const link = () => {
    const way = style(document.createElement("a"), corner);
    way.href = door.href; way.textContent = label + " \u2197"; way.rel = "noreferrer noopener"; way.target = "_blank";
    frame.remove(); frame = null; button.replaceWith(way);
    way.focus();
  };
  button.addEventListener("click", () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label;
      // Its own origin, for the storage of the tab; out of the frame only by a press of the person's own: leaving.
      frame.setAttribute("sandbox", "allow-scripts allow-forms allow-same-origin allow-top-navigation-by-user-activation");
      frame.referrerPolicy = "no-referrer";
      style(frame, {
        position: "fixed", "inset-inline-end": "0", bottom: "3.5rem", "z-index": "2147483000", border: "1px solid #1d5f58", background: "#fff",
        width: "min(26rem, 100vw)", height: "min(44rem, calc(100vh - 3.5rem))", "box-sizing": "border-box",
        "border-radius": ".75rem", "box-shadow": "0 .5rem 2rem rgba(0, 0, 0, .35)",
      });
      frame.addEventListener("load", () => setTimeout(() => { if (frame && !here && !gone) link(); }, 2000));
      frame.src = door.href;
      put(frame);
      show(true);
    } else show(frame.hidden);
  });
  put(button);

  // Three times Shift leaves from the page around the frame too: out of sight at once, the frame forgets, then away.
  let shifts = [], gone = false;
  addEventListener("pageshow", () => { gone = false; });
  const away = (address) => {
    if (gone || !/^https?:/.test(address)) return;
    gone = true;
    show(false);
    location.replace(address);
  };
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || !frame) { shifts = []; return; }
    if (event.repeat) return;
    shifts = shifts.filter((t) => event.timeStamp - t < 2000).concat(event.timeStamp);
    if (shifts.length < 3) return;
    show(false);
    frame.contentWindow.postMessage("leave", door.origin);
    setTimeout(() => away(new URL("leave", door).href), 400); // where the frame does not answer
  });
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== door.origin || !event.data) return;
    here = true;
    if (event.data.left) away(event.data.left);
    if (event.data.came && frame.hidden) mark(label + " \u25cf"); // something that is not read yet
  });
})();
