// Keeps scripts, styles and one page without anybody's words, for when the school does not answer. It never touches
// anything but GET, and no page with words in it is ever kept here. VERSION and FILES stand in front, see web/offline.py.

const CACHE = `convo-${VERSION}`;
const LOCKED = "convo-locked"; // somebody signed out without wifi: nothing opens until the school knows it
const PATIENCE = 4000; // ms for a page
const PART = "/conversations/00000000-0000-0000-0000-000000000000/".length;
const FAMILY = /\/conversations\/[^/]+\/family\/[^/?]+$/; // the tablet makes it of the page that it keeps, see hour/turned.js

self.addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES))));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== CACHE && name !== LOCKED) await caches.delete(name);
  await clients.claim();
})()));

const openHours = async () => (await clients.matchAll({ includeUncontrolled: true })).filter(({ url }) => new URL(url).pathname.startsWith("/conversations/"));

// Between conversations, never in one: a page asks for it, and one of an hour only with a script that is kept here.
self.addEventListener("message", (event) => event.waitUntil((async () => {
  const others = (await openHours()).filter(({ id }) => id !== event.source.id);
  if (!others.length && (!event.data || FILES.includes(event.data))) await skipWaiting();
  await clients.claim().catch(() => {}); // not while it waits
})()));

// An hour that is open here goes on as it began, when the school's page of it has become another meanwhile: so does
// one that is loaded again. With "?now" it comes from the school.
async function goesOn(request, response) {
  const { pathname, search } = new URL(request.url);
  const script = response.headers.get("Convo-Script");
  return script && search !== "?now" && !FILES.includes(script) && (await openHours()).some(({ url }) => url.includes(pathname.slice(0, PART)));
}

const shell = async () => (await caches.match("/offline", { cacheName: CACHE })) ?? Response.error();

async function navigated(request) {
  if (await caches.has(LOCKED) || FAMILY.test(request.url)) return shell();
  try {
    const late = new Promise((_, no) => setTimeout(no, PATIENCE));
    const response = await Promise.race([fetch(request), late]);
    if (await goesOn(request, response)) return shell();
    return [502, 503, 504].includes(response.status) ? shell() : response;
  } catch { return shell(); }
}

// An address with a hash never changes.
const asset = async (request) => (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(navigated(event.request));
  else if (pathname.startsWith("/static/")) event.respondWith(asset(event.request));
});
