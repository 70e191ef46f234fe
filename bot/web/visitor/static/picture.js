// The button that sends a picture, where the organisation takes pictures; what it needs is loaded when it is pressed.
"use strict";
document.getElementById("picture").addEventListener("click", ({ currentTarget }) => import("./picture_send.js").then(({ open }) => open(currentTarget)).catch(() => {}));
