// Shows nothing by itself, reads no request and keeps nothing: phones show a page's notifications through a worker only.
// A tap on one brings the desk to the front.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const desk = new URL("../desk", self.location.href);
  event.waitUntil(self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => {
    const open = pages.find((page) => new URL(page.url).pathname === desk.pathname);
    return open ? open.focus() : self.clients.openWindow(desk.href);
  }));
});
