// Without wifi nobody can be signed out at school. Until that is done, no page opens on this tablet, and what waits
// stays unreadable until the person who wrote it signs in.

export const LOCKED = "convo-locked";

// All tabs of this browser. A message reaches every channel but the one that posts it.
export const tabs = new BroadcastChannel("convo");

// Every tab of this person lets go of what it could read with.
export function forget() {
  globalThis.signedOut = true;
  sessionStorage.clear();
  tabs.postMessage("signed out");
}

export async function lock() {
  await caches.open(LOCKED);
  forget();
  location.reload();
}
