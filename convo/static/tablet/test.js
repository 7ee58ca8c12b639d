// Finds out what this browser can do, and says so in words.

const TRY_NAME = "convo-test";
const TRY_LIMIT = 8000; // milliseconds: a test that hangs has failed
const LEAST_ROOM = 20; // MB

const amount = (megabytes) => (megabytes < 1000 ? `${megabytes} MB` : `${(megabytes / 1000).toFixed(1)} GB`);

// Each test: what it does, its words for yes and for no, and what a conversation lacks without it.
const TABLET_TESTS = {
  safe: [
    async () => isSecureContext,
    () => "Yes: the page came over a safe connection.",
    () => "No: others on the network could read along. Open convo by its address that starts with https, or ask the office for it.",
    "a safe connection",
  ],
  keep: [
    tryKeeping,
    () => "Yes: this browser can keep what is typed on the tablet.",
    () => "No: this browser cannot keep what is typed on the tablet. Leave private browsing, or use another browser. Until then, do not close a page before it says that it is saved at school.",
    "a place on the tablet for what is typed",
  ],
  encrypt: [
    tryEncrypting,
    () => "Yes: this browser can keep it secret on the tablet.",
    () => "No: this browser cannot keep it secret, so no words may stay on this tablet. Check that the connection is safe, or use another browser.",
    "a way to keep that secret",
  ],
  turns: [
    tryTurns,
    () => "Yes: two pages of convo can be open on this tablet at the same time.",
    () => "No: two pages of convo could get in each other’s way. Have only one page of a conversation open, and update the browser or use another.",
    "two pages open at once",
  ],
  offline: [
    tryWithoutWifi,
    () => "Yes: a conversation that was opened once opens again.",
    () => "No: this browser cannot. Keep the page of the conversation open until it says that it is saved at school.",
    "", // what is typed is kept all the same, so a conversation does not need it
  ],
  room: [
    tryRoom,
    (free) => `Yes: there are ${amount(free)} for convo.`,
    (free) => `No: there are only ${amount(free)} for convo. Delete what you do not need from the tablet.`,
    "room on the tablet",
  ],
  school: [
    trySchool,
    (took) => `Yes: in ${took} seconds.`,
    () => "No: the school does not answer. Check the wifi, then open this page again.",
    "an answer from the school",
  ],
};

function asked(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function tryKeeping() {
  const opening = indexedDB.open(TRY_NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("words");
  const base = await asked(opening);
  try {
    const words = () => base.transaction("words", "readwrite").objectStore("words");
    await asked(words().put("kept", 1));
    return (await asked(words().get(1))) === "kept";
  } finally {
    base.close();
    await asked(indexedDB.deleteDatabase(TRY_NAME));
  }
}

async function tryEncrypting() {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const way = { name: "AES-GCM", iv: crypto.getRandomValues(new Uint8Array(12)) };
  const hidden = await crypto.subtle.encrypt(way, key, new TextEncoder().encode(TRY_NAME));
  return new TextDecoder().decode(await crypto.subtle.decrypt(way, key, hidden)) === TRY_NAME;
}

function tryTurns() {
  const second = () => navigator.locks.request(TRY_NAME, { ifAvailable: true }, (lock) => lock === null);
  return navigator.locks.request(TRY_NAME, second);
}

async function tryWithoutWifi() {
  await navigator.serviceWorker.ready; // it has fetched what it keeps, then
  return Boolean(await caches.match("/offline"));
}

async function tryRoom() {
  const { quota, usage } = await navigator.storage.estimate();
  const free = Math.floor((quota - usage) / 1e6);
  return [free >= LEAST_ROOM, free];
}

async function trySchool() {
  const began = performance.now();
  const answer = await fetch("/health", { cache: "no-store" });
  const { ok } = await answer.json();
  return [ok === true, Math.max(0.1, (performance.now() - began) / 1000).toFixed(1)];
}

async function outcome(test) {
  const late = new Promise((done) => setTimeout(done, TRY_LIMIT, false));
  try {
    return [await Promise.race([test(), late])].flat();
  } catch {
    return [false]; // what a browser does not have throws
  }
}

async function testTablet() {
  const lacking = await Promise.all(
    Object.entries(TABLET_TESTS).map(async ([name, [test, yes, no, lacks]]) => {
      const [fine, found] = await outcome(test);
      const untold = name === "room" && found === undefined;
      document.querySelector(`[data-test=${name}]`).textContent = untold
        ? "No answer: this browser does not say how much room there is. Look in the settings of the tablet."
        : (fine ? yes : no)(found);
      return fine || untold ? "" : lacks;
    }),
  );
  const missing = lacking.filter(Boolean);
  document.querySelector("[data-sum]").textContent = missing.length
    ? `This tablet is not ready for a conversation. Missing: ${missing.join(", ")}.`
    : "This tablet can hold a conversation.";
}

testTablet();
