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

  let frame = null;
  const button = style(document.createElement("button"), corner);
  button.type = "button"; button.textContent = label;
  button.setAttribute("aria-expanded", "false");
  const show = (shown) => {
    frame.hidden = !shown;
    frame.style.setProperty("display", shown ? "block" : "none");
    button.setAttribute("aria-expanded", String(shown));
    if (shown) frame.focus();
  };
  button.addEventListener("click", () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label;
      // Its own origin, for the storage of the tab; out of the frame only by a press of the person's own: leaving.
      frame.setAttribute("sandbox", "allow-scripts allow-forms allow-same-origin allow-top-navigation-by-user-activation");
      frame.referrerPolicy = "no-referrer";
      style(frame, {
        position: "fixed", "inset-inline-end": "0", bottom: "5rem", "z-index": "2147483000", border: "1px solid #1d5f58", background: "#fff",
        width: "min(26rem, 100vw)", height: "min(44rem, calc(100vh - 5rem))", "box-sizing": "border-box",
      });
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
    if (frame && event.source === frame.contentWindow && event.origin === door.origin && event.data && event.data.left) away(event.data.left);
  });
})();
