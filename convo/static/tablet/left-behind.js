// What somebody wrote here who has left the school meanwhile, and could not send: handed over as it lies, for only the
// school can open it. Whether they have left the school says, asked with ids alone; what waits of anybody else stays.

import { asText } from "./base64.js";
import { done } from "./store.js";
import { all, existing, takeAway } from "./whose.js";

const pairOf = (person, conversation) => `${person}.${conversation}`;
const inText = ({ iv, data, ...clear }) => ({ ...clear, iv: asText(iv), data: asText(data) });

async function onTheTablet(work) {
  const database = await existing();
  try { return database && await work(database); } finally { database?.close(); }
}

const ask = async (address, more) => (await fetch(address, { redirect: "error", ...more, headers: { ...more?.headers, Accept: "application/json" } })).json();

export async function handOver(me, token) {
  const pairs = await onTheTablet(async (database) => {
    const waiting = await all(database, "waiting", "getAll");
    const pages = await all(database, "pages", "getAllKeys");
    const found = [...waiting.map((record) => pairOf(record.person, record.conversation)), ...pages.map(([person, conversation]) => pairOf(person, conversation))];
    return [...new Set(found)].filter((pair) => !pair.startsWith(me));
  });
  if (!pairs?.length) return;
  const { send } = await ask(`/left-behind?${new URLSearchParams(pairs.map((pair) => ["about", pair]))}`);
  const gone = [];
  for (const pair of send) if (await handOverOne(...pair.split("."), token)) gone.push(pair);
  // Of whom nothing waits any more, nothing stays: nobody could read the pages that were kept for them.
  for (const person of new Set(gone.map((pair) => pair.split(".")[0]))) {
    if (pairs.every((pair) => !pair.startsWith(person) || gone.includes(pair))) await takeAway(person);
  }
}

// Resolves to whether the school has everything of a person in a conversation.
async function handOverOne(person, conversation, token) {
  const [changes, halves] = await onTheTablet(async (database) => {
    const transaction = database.transaction(["waiting", "pages"], "readwrite");
    const [waiting, pages] = ["waiting", "pages"].map((name) => transaction.objectStore(name));
    const records = await done(waiting.index("of").getAll([person, conversation]));
    for (const record of records) waiting.put({ ...record, flying: true }); // from now on it stays as it is
    const places = IDBKeyRange.bound([person, conversation, "half"], [person, conversation, "half", []]);
    const [keys, values] = await Promise.all([done(pages.getAllKeys(places)), done(pages.getAll(places))]);
    return [records, keys.map((key, place) => ({ id: key[3], ...values[place] }))];
  });
  if (!changes.length && !halves.length) return true;
  const { held } = await ask("/left-behind", {
    method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ convo: 1, person, conversation, changes: changes.map(({ n, flying, sent, ...record }) => inText(record)), halves: halves.map(inText) }),
  });
  const there = ({ id }) => held.includes(id);
  await onTheTablet((database) => {
    const waiting = database.transaction("waiting", "readwrite").objectStore("waiting");
    return Promise.all(changes.filter(there).map(({ n }) => done(waiting.delete(n))));
  });
  return changes.every(there) && halves.every(there);
}
