// Without wifi nobody can be signed out at school. Until that is done, no page opens on this tablet, and what waits
// stays unreadable until the person who wrote it signs in.

export const LOCKED = "convo-locked";

// Every tab of this person lets go of what it could read with.
export function forget() {
  globalThis.signedOut = true;
  sessionStorage.clear();
  new BroadcastChannel("convo").postMessage("signed out");
}

export async function lock() {
  await caches.open(LOCKED);
  forget();
  location.reload();
}
