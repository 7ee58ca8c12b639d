// Keeps scripts, styles and one page without anybody's words, for when the school does not answer. It never touches
// anything but GET, and no page with words in it is ever kept here. VERSION and FILES stand in front, see web/offline.py.

const CACHE = `convo-${VERSION}`;
const LOCKED = "convo-locked"; // somebody signed out without wifi: nothing opens until the school knows it
const PATIENCE = 4000; // ms for a page
const FAMILY = /^\/conversations\/[^/]+\/family\/[^?]*$/; // the tablet makes it of the page that it keeps, see hour/turned.js

self.addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES))));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== CACHE && name !== LOCKED) await caches.delete(name);
  await clients.claim();
})()));

// Between conversations, never in one.
self.addEventListener("message", (event) => event.data === "take over" && event.waitUntil((async () => {
  const open = await clients.matchAll({ includeUncontrolled: true });
  if (!open.some((client) => new URL(client.url).pathname.startsWith("/conversations/"))) await skipWaiting();
})()));

const shell = async () => (await caches.match("/offline", { cacheName: CACHE })) ?? Response.error();

async function navigated(request) {
  const { pathname, search } = new URL(request.url);
  if (await caches.has(LOCKED) || FAMILY.test(pathname + search)) return shell();
  try {
    const late = new Promise((_, no) => setTimeout(no, PATIENCE));
    const response = await Promise.race([fetch(request), late]);
    return [502, 503, 504].includes(response.status) ? shell() : response;
  } catch { return shell(); }
}

// An address with a hash never changes; a module that another imports has none, so the school is asked first.
async function asset(request) {
  const kept = await caches.match(request, { cacheName: CACHE });
  if (kept && new URL(request.url).search) return kept;
  return fetch(request).catch(() => kept ?? Response.error());
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(navigated(event.request));
  else if (pathname.startsWith("/static/")) event.respondWith(asset(event.request));
});
