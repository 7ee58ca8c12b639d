import { firstOf, keyOf, newId, sealedRecord } from "./store.js";

// Where the browser keeps nothing, or not any more: the same, until the page closes. What ``tablet``, the promise of
// a store, kept before of the same changes is older: it goes with them.
export class MemoryStore {
  lasting = false;
  #records = [];
  #tablet;
  constructor(tablet) { this.#tablet = tablet; }
  async save(change) {
    const place = this.#records.findIndex((record) => record.id === change.id);
    if (place < 0) this.#records.push({ ...change });
    else if (this.#records[place].flying) {
      Object.assign(change, { base: change.id, id: newId() });
      this.#records.push({ ...change });
    } else this.#records[place] = { ...change };
  }
  async claim(most) {
    const batch = firstOf(this.#records.filter(({ refused }) => !refused), most);
    for (const record of batch) record.flying = true;
    return batch;
  }
  async all() { return this.#records; }
  async unsent(person, text) {
    const key = await keyOf(text);
    const records = this.#records.map((record) => ({ ...record }));
    for (const record of this.#records) record.flying = true;
    return Promise.all(records.map(async (record) => ({ ...await sealedRecord(key, record), person })));
  }
  async drop(ids, refused = false) {
    this.#records = this.#records.filter((record) => !ids.includes(record.id) || Boolean(record.refused) !== refused);
    this.#tablet.then((tablet) => tablet.drop(ids, refused)).catch(() => {});
  }
  async rebase(from, to) { for (const record of this.#records) if (record.base === from) record.base = to; }
  async refuse(id, refused) { for (const record of this.#records) if (record.id === id) Object.assign(record, { refused, flying: false }); }
  async putHalf() {}
  async halves() { return []; }
  async keepPage() {}
  async page() {}
  async keepLog() {}
  async log() { return []; }
}
