// Shows a message that came by push, and leads to its page. It keeps nothing and answers no request of a page.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  event.waitUntil(Promise.all([
    self.registration.showNotification(String(said.title ?? ""), { body: String(said.body ?? ""), tag: said.tag, data: { url: said.url } }),
    tellPages(),
  ]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data?.url ?? "/notifications", self.location.origin);
  if (target.origin === self.location.origin) event.waitUntil(show(target.href));
});

async function tellPages() {
  for (const page of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) page.postMessage("notices");
}

async function show(address) {
  const [page] = await self.clients.matchAll({ type: "window" });
  if (!page) return self.clients.openWindow(address);
  await page.focus();
  return page.navigate(address).catch(() => self.clients.openWindow(address));
}
