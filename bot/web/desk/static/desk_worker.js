// Reads no request and keeps nothing: phones show a page's notifications through a worker only, and a page to a phone
// (Web Push) comes here. A tap on one brings the desk to the front, with the case that it is about.
self.addEventListener("install", () => self.skipWaiting());

// A title (urgency and case number) and that number; browsers want every message shown.
self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data.json() ?? {}; } catch { /* shown without a number, then */ }
  const number = /^[\w-]{1,20}$/.test(said.case ?? "") ? said.case : null;
  const title = typeof said.title === "string" ? said.title.slice(0, 100) : "Inloop";
  const options = { tag: number ?? "inloop", renotify: true, requireInteraction: true, data: { take: number } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener("notificationclick", (event) => {
  const take = event.notification.data?.take;
  event.notification.close();
  const desk = new URL("../desk", self.location.href);
  event.waitUntil(self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => {
    const open = pages.find((page) => new URL(page.url).pathname === desk.pathname);
    if (open && take) open.postMessage({ take });
    if (open) return open.focus();
    if (take) desk.hash = `take=${take}`;
    return self.clients.openWindow(desk.href);
  }));
});
