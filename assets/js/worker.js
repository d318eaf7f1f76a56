// The worker of the installed desk: an offline page when the line is cut, and a word on the screen when the push service brings one. It
// keeps no page and no data of anybody: what the desk says is always asked anew.

const KEPT = "lodge-offline-1";
const OFFLINE = "/offline";

async function keepOffline() {
  const kept = await caches.open(KEPT);
  const response = await fetch(OFFLINE, { credentials: "omit" });
  if (!response.ok) return;
  await kept.put(OFFLINE, response.clone());
  // Its style and sign have addresses that change with their bytes.
  const text = await response.text();
  const named = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((it) => it[1]);
  await Promise.all(named.map((it) => kept.add(it).catch(() => {})));
}

self.addEventListener("install", (event) => event.waitUntil(keepOffline().catch(() => {}).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => {
  const old = caches.keys().then((all) => Promise.all(all.filter((it) => it !== KEPT).map((it) => caches.delete(it))));
  event.waitUntil(Promise.all([old, self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate" && event.request.method === "GET") {
    const offline = async () => (await caches.match(OFFLINE)) ?? Response.error();
    event.respondWith(fetch(event.request).catch(offline));
  } else if (new URL(event.request.url).pathname.startsWith("/assets/")) {
    const kept = async () => (await caches.match(event.request)) ?? Response.error();
    event.respondWith(fetch(event.request).catch(kept));
  }
});

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // A message that cannot be read still has to be shown: browsers take the right away otherwise.
  }
  const { title = "Lodge", body = "", tag, href = "/notifications", id } = told;
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: "/icon-192.png", badge: "/icon-192.png", data: { href, id } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { href, id } = event.notification.data ?? {};
  const address = new URL(id ? "/notifications/" + id : (href ?? "/notifications"), self.location.origin);
  const open = async () => {
    const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = all.find((it) => new URL(it.url).pathname === new URL(href ?? "/", self.location.origin).pathname) ?? all[0];
    if (!there) return self.clients.openWindow(address);
    await there.focus();
    return there.navigate(address);
  };
  event.waitUntil(open().catch(() => self.clients.openWindow(address)));
});
