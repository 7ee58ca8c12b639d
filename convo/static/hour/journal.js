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
const ASK_AGAIN = 4000; // ms until asking once more who is signed in

// A random id of version 4. crypto.randomUUID would do, but is missing where a page is served without https.
export function newId() {
  const random = (digit) => digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)));
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => random(digit).toString(16));
}

// Tells of "state" (saving, saved, offline, signin, another, stuck), "conflict", "refused" and "aside".
export class Journal extends EventTarget {
  constructor({ store, conversation, person, addresses, pause, token }) {
    super();
    Object.assign(this, { store, conversation, person, addresses, pause, token });
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

  // Whether something of a field still waits to be sent.
  waits(name) { return this.store.waiting().some((change) => change.name === name); }

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
    if (status === 401 || status === 400) await this.#signIn();
    else if (status === 404 || status === 422) this.#say("stuck");
    else this.#offline();
    return null;
  }

  #offline() {
    this.#say("offline");
    this.soon(Math.min(1000 * 2 ** this.tries++, LONGEST_PAUSE));
  }

  // Another sign-in may have renewed the token: ask who we are, and go on, or ask the person, and ask again.
  // What one person typed is never sent in the name of another.
  async #signIn() {
    try {
      const who = await (await fetch(this.addresses.session, { headers: { Accept: "application/json" } })).json();
      if (who.person === this.person) {
        this.token = who.csrf;
        return this.soon(this.tries++ ? ASK_AGAIN : 0);
      }
      this.#say(who.signed_in ? "another" : "signin");
      this.soon(ASK_AGAIN);
    } catch { this.#offline(); }
  }

  #take(change, answer) {
    this.store.drop(change.id);
    if (answer.outcome === "refused") this.#stand(change, answer.head);
    if (answer.outcome === "conflict" && this.heads.get(change.name) === change.id) this.heads.set(change.name, answer.head);
    if (["refused", "conflict", "aside"].includes(answer.outcome)) this.dispatchEvent(new CustomEvent(answer.outcome, { detail: { change, answer } }));
  }

  // The school did not take a change: what was written after it starts from where the field stands.
  #stand(change, head) {
    const next = this.store.waiting().find((other) => other.base === change.id);
    if (next) this.store.put({ ...next, base: head });
    if (this.heads.get(change.name) === change.id) this.heads.set(change.name, head);
  }

  #say(state) { this.dispatchEvent(new CustomEvent("state", { detail: state })); }
}
