// What waits on this tablet to be sent: one record for each change, in the order in which they were made, in the
// browser's database "convo". Whose it is, of which conversation, and its own ids stand there in the clear; what it is
// about and what was said are encrypted under a key that the school gives to the person who signs in, and that stands
// nowhere on the tablet.

// A random id of version 4. crypto.randomUUID would do, but is missing where a page is served without https.
export function newId() {
  const random = (digit) => digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)));
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => random(digit).toString(16));
}

export const keyOf = (text) => crypto.subtle.importKey("raw", Uint8Array.from(atob(text), (char) => char.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]);

export async function encrypted(key, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(value)));
  return { iv, data: new Uint8Array(data) };
}

export const TOO_LATE = 8000; // ms for the tablet's database

// What a tablet keeps of a change: what is needed to find and order it, and the rest encrypted.
export async function sealedRecord(key, { v, id, n, base, conversation, name, adopted, flying, ...said }) {
  return { v, id, n, base, conversation, ...await encrypted(key, said) };
}

export const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// Nothing is written any more once somebody signs out on this page: an answer that comes late would make it anew.
export function openDatabase() {
  if (globalThis.signedOut) return Promise.reject();
  const request = indexedDB.open("convo", 1);
  request.onupgradeneeded = () => {
    const waiting = request.result.createObjectStore("waiting", { keyPath: "n", autoIncrement: true });
    waiting.createIndex("of", ["person", "conversation"]);
    request.result.createObjectStore("pages");
    request.result.createObjectStore("log");
  };
  return done(request).then((database) => {
    database.onversionchange = () => database.close();
    return database;
  });
}

// All keys that begin with these parts.
export const under = (...parts) => IDBKeyRange.bound(parts, [...parts, []]);

// To which of a conversation's addresses a change goes: the journal's, or one of its own.
export function streamOf({ thing }) {
  return { note: "notes", tap: "taps", concern: "concerns", seal: "seal" }[thing] ?? "journal";
}

// The changes with which a batch begins: those for one address, so that all are sent in order.
export function firstOf(records, most) {
  const end = records.findIndex((record) => streamOf(record) !== streamOf(records[0]));
  return records.slice(0, end < 0 ? most : Math.min(end, most));
}

export class TabletStore {
  lasting = true;
  #database;

  // Resolves to the store of one person and conversation; fails where the browser keeps nothing.
  static async open(person, conversation, key) {
    const store = new TabletStore();
    Object.assign(store, { person, conversation, key: await keyOf(key) });
    await store.#run("readonly", () => {});
    return store;
  }

  // Write a change down. What has been sent meanwhile stays as it was sent: then this is a change after it.
  async save(change) {
    const { n, ...record } = await sealedRecord(this.key, change);
    await this.#run("readwrite", async (waiting) => {
      const before = n && await done(waiting.get(n));
      if (n && (!before || before.flying)) Object.assign(change, { base: change.id, id: newId(), n: undefined, flying: undefined });
      const { id, base } = change;
      change.n = await done(waiting.put({ ...record, ...(change.n && { n }), id, base, person: this.person }));
    });
  }

  // The next changes to send, for one address. From now on they stay as they are.
  async claim(most) {
    const next = await this.#opened(await this.#run("readonly", async (waiting) => (await this.#mine(waiting)).slice(0, most)));
    const wanted = firstOf(next, most).map(({ n }) => n);
    const records = await this.#run("readwrite", async (waiting) => {
      const batch = (await this.#mine(waiting)).filter(({ n }) => wanted.includes(n));
      for (const record of batch.filter((each) => !each.flying)) waiting.put({ ...record, flying: true });
      return batch;
    });
    return this.#opened(records);
  }

  // All that waits, as it is from now on: another page goes on from what it is told. What cannot be opened, because the school has come by another secret key, stays aside until it can.
  async all() {
    const records = await this.#asTheyAre().catch(() => this.#run("readonly", (waiting) => this.#of(waiting))); // the tablet is full
    const opened = await Promise.all(records.map(async ({ lost: was = false, ...record }) => {
      const found = await this.#opened([record]).catch(() => []);
      const lost = !found.length;
      this.lost ||= lost;
      if (lost !== was) await this.#run("readwrite", (waiting) => waiting.put(lost ? { ...record, lost } : record));
      return found;
    }));
    return opened.flat();
  }

  // Those that the school has, or what it refused once that is written anew.
  async drop(ids, refused = false) {
    await this.#run("readwrite", async (waiting) => {
      for (const record of await this.#of(waiting)) if (ids.includes(record.id) && Boolean(record.refused) === refused) waiting.delete(record.n);
    });
  }

  // What the school does not take as it stands is not sent again. It stays until it is written anew.
  async refuse(id, refused) {
    await this.#run("readwrite", async (waiting) => {
      for (const record of await this.#mine(waiting)) if (record.id === id) waiting.put({ ...record, refused, flying: false });
    });
  }

  // The same, encrypted as it lies here, to leave in a file: also what was refused.
  async unsent() { return (await this.#asTheyAre()).filter(({ lost }) => !lost); }

  #asTheyAre() {
    return this.#run("readwrite", async (waiting) => {
      const records = await this.#of(waiting);
      for (const record of records) if (!record.flying) waiting.put(Object.assign(record, { flying: true }));
      return records;
    });
  }

  // What was written after a change that the school did not take starts from where the field stands.
  async rebase(from, to) {
    await this.#run("readwrite", async (waiting) => {
      for (const record of await this.#mine(waiting)) if (record.base === from) waiting.put({ ...record, base: to });
    });
  }

  // What is half written in one page and was not added yet; without a value it is taken away.
  putHalf(page, value) { return this.#keep(value, "half", page); }

  async #keep(value, ...kind) {
    const place = [this.person, this.conversation, ...kind];
    const sealed = value && await this.#seal(value);
    await this.#run("readwrite", (pages) => (sealed ? pages.put(sealed, place) : pages.delete(place)), "pages");
  }

  // What was half written, by page: a list of pairs.
  async halves() {
    const range = under(this.person, this.conversation, "half");
    const [places, sealed] = await this.#run("readonly", (pages) => Promise.all([done(pages.getAllKeys(range)), done(pages.getAll(range))]), "pages");
    const halves = await Promise.all(places.map(async (place, number) => [place[3], await this.#unseal(sealed[number]).catch(() => {})]));
    return halves.filter(([, half]) => half);
  }

  // A page as the school made it, and what was received after that: the conversation without wifi.
  keepPage(kind, value) { return this.#keep(value, kind); }

  async page(kind) {
    const sealed = await this.#run("readonly", (pages) => done(pages.get([this.person, this.conversation, kind])), "pages");
    return sealed && this.#unseal(sealed);
  }

  // Changes that the school has, by their number in their stream; with ``upTo`` those before it go, as a page holds them.
  async keepLog(stream, changes, upTo) {
    const place = [this.person, this.conversation, stream];
    const sealed = await Promise.all(changes.map(async (change) => [await this.#seal(change), [...place, change.number]]));
    await this.#run("readwrite", (log) => {
      if (upTo !== undefined) log.delete(IDBKeyRange.bound(place, [...place, upTo]));
      for (const [value, key] of sealed) log.put(value, key);
    }, "log");
  }

  async log(stream) {
    const range = under(this.person, this.conversation, stream);
    const sealed = await this.#run("readonly", (log) => done(log.getAll(range)), "log");
    return Promise.all(sealed.map((each) => this.#unseal(each)));
  }

  #of(waiting) { return done(waiting.index("of").getAll([this.person, this.conversation])); }

  async #mine(waiting) { return (await this.#of(waiting)).filter(({ lost, refused }) => !lost && !refused); }

  // iPads close the database of a page that rests: it is opened again. Where it does not answer at all, that is a failure.
  async #run(mode, work, name = "waiting") {
    const late = new Promise((_, fail) => setTimeout(fail, TOO_LATE));
    return Promise.race([this.#transact(mode, work, name), late]);
  }

  async #transact(mode, work, name) {
    const begin = async () => (await (this.#database ??= openDatabase())).transaction(name, mode, { durability: "strict" });
    const transaction = await begin().catch(() => { this.#database = undefined; return begin(); });
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([work(transaction.objectStore(name)), finished]);
    return result;
  }

  #seal(value) { return encrypted(this.key, value); }

  async #unseal({ iv, data }) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, data)));
  }

  async #opened(records) {
    return Promise.all(records.map(async ({ iv, data, person, ...clear }) => ({ ...clear, ...await this.#unseal({ iv, data }) })));
  }
}
