// Whose words are on this tablet, of all conversations: for pages that are not one of the hour.

import { done, openDatabase, under } from "./store.js";

export async function existing() {
  if (!globalThis.indexedDB) return;
  const there = await (indexedDB.databases ? listed() : opens());
  return there && openDatabase(); // opening it would make it
}

const listed = async () => (await indexedDB.databases()).some(({ name }) => name === "convo");

// Not every browser lists what it has, Firefox only since 126. What is not there is not made by asking, either.
const opens = () => new Promise((resolve, reject) => {
  const request = indexedDB.open("convo");
  request.onupgradeneeded = () => {
    resolve(false);
    request.transaction.abort();
  };
  request.onsuccess = () => {
    request.result.close();
    resolve(true);
  };
  request.onerror = () => reject(request.error);
});

export const all = (database, name, what) => done(database.transaction(name).objectStore(name)[what]());

// In which conversations something of a person waits here to be sent, in which something is half written or was
// refused, and whether there is anything of others.
export async function waitingOn(person) {
  const database = await existing();
  if (!database) return { mine: [], halves: [], others: false };
  const waiting = await all(database, "waiting", "getAll");
  const half = await all(database, "pages", "getAllKeys");
  database.close();
  const mine = waiting.filter((record) => record.person === person);
  const halves = half.filter(([of, , kind]) => of === person && kind === "half").map(([, conversation]) => conversation);
  return {
    mine: [...new Set(mine.map(({ conversation }) => conversation))],
    halves: [...new Set([...halves, ...mine.filter(({ refused }) => refused).map(({ conversation }) => conversation)])],
    others: [...waiting.map((record) => record.person), ...half.map(([of]) => of)].some((of) => of !== person),
  };
}

// Take away what is kept of a person; what waits to be sent is not touched, but that of these conversations.
export async function takeAway(person, conversations = []) {
  const database = await existing();
  if (!database) return;
  const transaction = database.transaction(["pages", "log", "waiting"], "readwrite");
  const waiting = transaction.objectStore("waiting");
  for (const conversation of conversations) {
    for (const record of await done(waiting.index("of").getAllKeys([person, conversation]))) waiting.delete(record);
  }
  await Promise.all(["pages", "log"].map((name) => done(transaction.objectStore(name).delete(under(person)))));
  database.close();
}

// Take the database away. A page that still holds it open lets go of it later.
export const takeAllAway = () => new Promise((resolve) => {
  const taking = indexedDB.deleteDatabase("convo");
  taking.onsuccess = taking.onerror = taking.onblocked = resolve;
});
