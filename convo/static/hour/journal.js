// The tablet's half of the journal: changes are kept in a store, sent in order, and dropped when the school
// has them. The store behind it is an interface of three calls, so that another can outlive the page.

export class MemoryStore {
  #changes = new Map();
  put(change) { this.#changes.set(change.id, change); }
  waiting() { return [...this.#changes.values()]; }
  drop(id) { this.#changes.delete(id); }
}

const TIME_LIMIT = 8000; // ms a request
const LONGEST_PAUSE = 30000; // ms between tries
const MOST = 200; // changes in one batch

// randomUUID is missing where a page is served without https.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// Tells of "state" (saving, saved, offline, signin), "conflict" and "refused".
export class Journal extends EventTarget {
  constructor({ store, conversation, addresses, pause, token }) {
    super();
    Object.assign(this, { store, conversation, addresses, pause, token });
    this.heads = new Map(); // "thing:id:field" to the change that the field stands at, own unsent ones included
    this.flying = new Set(); // ids on their way
    this.tries = 0;
  }

  // Keep a change of one field. While one of the same field has not left yet, it takes the new value.
  write(thing, id, field, value, more = {}) {
    const name = `${thing}:${id}:${field}`;
    const unsent = this.store.waiting().find((change) => change.name === name && !this.flying.has(change.id));
    const change = unsent && !more.settles ? { ...unsent, value, at: new Date().toISOString() } : {
      v: 1, id: newId(), conversation: this.conversation, thing, thing_id: id, field, value,
      base: this.heads.get(name) ?? null, at: new Date().toISOString(), name, ...more,
    };
    this.store.put(change);
    this.heads.set(name, change.id);
    this.#say("saving");
    this.soon();
    return change;
  }

  soon(wait = this.pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  get pending() { return this.store.waiting().length; }

  // Send what waits; resolves to whether the school now has everything.
  flush() {
    clearTimeout(this.timer);
    this.run = (this.run ?? Promise.resolve()).then(() => this.#send());
    return this.run;
  }

  async #send() {
    while (this.pending) {
      const first = this.store.waiting()[0];
      const stream = first.thing === "note" ? "notes" : "journal";
      const batch = [];
      for (const change of this.store.waiting()) {
        if ((change.thing === "note") !== (stream === "notes") || batch.length === MOST) break;
        batch.push(change);
      }
      batch.forEach((change) => this.flying.add(change.id));
      const answers = await this.#post(this.addresses[stream], batch);
      this.flying.clear();
      if (!answers) return false;
      answers.forEach((answer, place) => this.#take(batch[place], answer));
    }
    this.#say("saved");
    return true;
  }

  async #post(address, batch) {
    let response;
    try {
      response = await fetch(address, {
        method: "POST", redirect: "error", signal: AbortSignal.timeout(TIME_LIMIT),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify({ changes: batch.map(({ name, ...change }) => change) }),
      });
      if (response.ok) {
        this.tries = 0;
        return (await response.json()).answers;
      }
    } catch { /* no wifi, or no answer in time: tried again below */ }
    const status = response?.status;
    if (status === 401 || status === 400) this.#signIn();
    else if (status === 404 || status === 422) this.#say("stuck");
    else {
      this.#say("offline");
      this.soon(Math.min(1000 * 2 ** this.tries++, LONGEST_PAUSE));
    }
    return null;
  }

  // Another sign-in may have renewed the token: ask once who we are, and go on, or ask the person.
  async #signIn() {
    try {
      const who = await (await fetch(this.addresses.session, { headers: { Accept: "application/json" } })).json();
      if (who.signed_in && who.csrf !== this.token) {
        this.token = who.csrf;
        this.soon(0);
        return;
      }
      this.#say("signin");
    } catch { this.#say("offline"); }
  }

  #take(change, answer) {
    this.store.drop(change.id);
    if (answer.outcome === "refused") this.dispatchEvent(new CustomEvent("refused", { detail: { change, answer } }));
    if (answer.outcome === "conflict") {
      const later = this.store.waiting().some((other) => other.name === change.name);
      if (!later) this.heads.set(change.name, answer.head);
      this.dispatchEvent(new CustomEvent("conflict", { detail: { change, answer } }));
    }
  }

  #say(state) { this.dispatchEvent(new CustomEvent("state", { detail: state })); }
}
