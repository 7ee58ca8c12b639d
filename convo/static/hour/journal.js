// The tablet's half of the journal: a change is written to the tablet first, sent in order, and dropped when the
// school has it. Every tab of a person's conversation sends what waits, one at a time.

import { newId, streamOf } from "../tablet/store.js";

export const TIME_LIMIT = 8000; // ms a request
const LONGEST_PAUSE = 30000; // ms between tries
const MOST = 200; // changes in one batch
const ASK_AGAIN = 4000; // ms until asking once more who is signed in
const KEEP = 200; // ms until what was typed is written to the tablet

const isHeld = ({ outcome }) => ["applied", "same"].includes(outcome);
export const nameOf = ({ thing, thing_id, field }) => `${thing}:${thing_id}:${field}`;

// Tells of "state" (saving, saved, offline, signin, another, stuck), "conflict", "refused", "aside", "sealed", "closedAtSchool",
// and "memory" when this tablet keeps nothing. ``store`` is a promise of a store, ``memory`` makes one of what stands in for it then, ``now`` gives the school's time.
export class Journal extends EventTarget {
  constructor({ store, memory, conversation, person, pause, token, now }) {
    super();
    Object.assign(this, { memory, conversation, person, pause, token, now });
    this.store = store.catch(() => this.#withoutTablet());
    this.heads = new Map(); // "thing:id:field" to the change that the field stands at, own unsent ones included
    this.numbers = new Map(); // the same names to the answer of the school to what it took of this page last
    this.kept = []; // the changes that wait, as this page knows them, in order
    this.refused = new Map(); // by name, what the school does not take as it stands
    this.unwritten = new Set(); // those of them that are not on the tablet as they are now
    this.tries = 0;
    this.out = ""; // "signin" while nobody is signed in, "another" while somebody else is
    this.others = new BroadcastChannel(`convo ${person} ${conversation}`);
    this.others.addEventListener("message", ({ data }) => data.forEach(([change, answer]) => (answer ? this.#take(change, answer) : this.#adopt(change))));
  }

  // Take up what waits from before: the page was left, closed, or the tablet went flat. Resolves to it, in order.
  async start() {
    const waiting = await (await this.#lasting()).all().catch(() => []);
    for (const change of waiting) {
      if (change.refused) this.refused.set(nameOf(change), change);
      else this.#adopt(change);
    }
    if (waiting.length) this.soon(0);
    return waiting;
  }

  #adopt(change) {
    if (this.kept.some((other) => other.id === change.id)) return;
    this.kept.push({ ...change, name: nameOf(change), adopted: true });
    if (this.sealed) this.dispatchEvent(new Event("sealed"));
  }

  // That the meeting is agreed, once it is: then nothing of it is changed any more, unless the school refuses it.
  get sealed() { return this.over ?? this.kept.find(({ thing }) => thing === "seal"); }

  // Keep a change of one field. While one of the same field has not left yet, it takes the new value, unless that
  // names something made after it: the school gets changes in their order, and would not know it yet.
  write(thing, id, field, value, more) {
    if (this.sealed && thing !== "concern") return;
    const name = `${thing}:${id}:${field}`;
    const at = this.now();
    const settles = this.refused.get(name)?.settles;
    let change = this.kept.findLast((other) => other.name === name);
    const early = this.kept.slice(this.kept.indexOf(change)).some((other) => other.thing_id !== id && `${value}`.includes(other.thing_id));
    if (change && !change.flying && !change.adopted && !more && !early) Object.assign(change, { value, at });
    else {
      change = { v: 1, id: newId(), conversation: this.conversation, thing, thing_id: id, field, value, base: this.heads.get(name) ?? null, at, name, settles, ...more };
      this.kept.push(change);
      this.heads.set(name, change.id);
    }
    this.#past(change);
    if (thing === "seal") this.others.postMessage([[change]]);
    this.unwritten.add(change);
    this.keeping ??= setTimeout(() => this.keep().catch(() => {}), KEEP);
    if (!this.out) this.#say("saving");
    this.soon();
    return change;
  }

  // What was refused of a field is past once that is written anew, or its row is taken out.
  #past({ name, field, thing_id: row }) {
    for (const [each, { id, thing_id }] of this.refused) {
      if (each !== name && (field !== "removed" || thing_id !== row)) continue;
      this.refused.delete(each);
      this.store.then((store) => store.drop([id], true)).catch(() => {});
    }
  }

  // Write to the tablet what is not there yet; resolves when it is.
  keep() {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    this.writing = (this.writing ?? Promise.resolve()).catch(() => {}).then(async () => {
      const store = await this.#lasting();
      for (const change of this.unwritten) {
        this.unwritten.delete(change);
        const before = change.id;
        try { await store.save(change); } catch { this.#withoutTablet(); return; }
        if (this.heads.get(change.name) === before) this.heads.set(change.name, change.id);
      }
    });
    return this.writing;
  }

  async #lasting() {
    try { return await this.store; } catch { return this.#withoutTablet(); }
  }

  // The tablet is full, or keeps nothing: from now on what waits is held by this page alone.
  #withoutTablet() {
    this.#againSoon();
    if (this.forgetful) return this.store;
    this.forgetful = true;
    this.unwritten.clear();
    this.store = this.memory().then(async (memory) => {
      for (const change of this.kept) await memory.save(change);
      return memory;
    });
    this.store.catch(() => { this.forgetful = false; }); // its script could not be had: tried again
    this.dispatchEvent(new Event("memory"));
    return this.store;
  }

  soon(wait = this.pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  #againSoon() { this.soon(this.tries++ ? ASK_AGAIN : 0); }

  get pending() { return this.kept.length; }

  // Whether something of a field still waits to be sent.
  waits(name) { return this.kept.some((change) => change.name === name); }

  // Send what waits; resolves to whether the school now has everything.
  flush() {
    clearTimeout(this.timer);
    const send = () => this.#send().catch(() => { this.#withoutTablet(); });
    const turn = () => (navigator.locks ? navigator.locks.request(`convo ${this.person} ${this.conversation}`, send) : send());
    this.run = (this.run ?? Promise.resolve()).then(turn);
    return this.run;
  }

  async #send() {
    let known; // before the tablet says what waits: what is written after that may not be there yet
    for (;;) {
      known = [...this.kept];
      await this.keep();
      const store = await this.store;
      const batch = await this.asTheyAre(() => store.claim(MOST));
      if (!batch.length) break;
      // What the school does not take was not agreed there.
      const answers = this.refused.size && batch[0].thing === "seal" ? batch.map(() => ({ outcome: "refused" })) : await this.#post(batch);
      if (!answers) return false;
      const answered = batch.map((change, place) => [{ ...change, name: nameOf(change) }, answers[place]]);
      for (const [change, { outcome, message }] of answered) {
        if (outcome !== "refused") continue;
        for (const [next] of answered) if (next.base === change.id) next.base = change.base;
        await store.rebase(change.id, change.base);
        if (this.#stays(change)) await store.refuse(change.id, message);
      }
      const kept = answered.filter(([, answer]) => answer.number && isHeld(answer)).map(([change, { number }]) => ({ ...change, number, written: true }));
      await store.keepLog(streamOf(batch[0]), kept).catch(() => {});
      await store.drop(batch.map((change) => change.id));
      answered.forEach((pair) => this.#take(...pair));
      this.others.postMessage(answered);
    }
    this.kept = this.kept.filter((change) => this.unwritten.has(change) || !known.includes(change)); // another tab may have sent the rest
    if (this.kept.length) return false;
    if (this.out && !await this.signedIn()) return false;
    this.#say(this.refused.size ? "refused" : "saved");
    return true;
  }

  // Take changes off the tablet to send them: they stay as they are from before it reads them, whatever is typed.
  async asTheyAre(read) {
    const still = this.kept.filter((change) => !change.flying);
    for (const change of still) change.flying = true;
    const records = await read();
    for (const change of still) change.flying = records.some(({ id }) => id === change.id);
    return records;
  }

  async #post(batch) {
    let response;
    try {
      response = await fetch(`/conversations/${this.conversation}/${streamOf(batch[0])}`, {
        method: "POST", redirect: "error", signal: AbortSignal.timeout(TIME_LIMIT),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify({ changes: batch.map(({ n, flying, name, adopted, ...change }) => change) }),
      });
      if (response.ok) {
        this.tries = 0;
        this.out = "";
        return (await response.json()).answers;
      }
    } catch { /* no wifi, or no answer in time: tried again below */ }
    const status = response?.status;
    this.missing = status === 404;
    if (status === 401 || status === 400) await this.askWho();
    else if (this.missing || status === 422) this.#say("stuck");
    else this.#offline();
    return null;
  }

  #offline() {
    this.#say("offline");
    this.soon(Math.min(1000 * 2 ** this.tries++, LONGEST_PAUSE));
  }

  // Another sign-in may have renewed the token: ask who we are, and go on, or ask the person, and ask again.
  async askWho() {
    if (await this.signedIn()) this.#againSoon();
  }

  // Ask the school who is signed in; resolves to whether it is who this page belongs to. What one person typed is
  // never sent in the name of another.
  async signedIn() {
    try {
      const who = await this.who();
      if (who.person === this.person) {
        this.token = who.csrf;
        this.out = "";
        return true;
      }
      this.out = who.signed_in ? "another" : "signin";
      this.#say(this.out);
      this.soon(ASK_AGAIN);
    } catch { this.#offline(); }
    return false;
  }

  async who() {
    return (await fetch("/session", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIME_LIMIT) })).json();
  }

  // Whether refused words stay on the tablet: they have a place on the page, and nothing newer was written there.
  #stays(change) {
    return ["journal", "notes"].includes(streamOf(change)) && !this.kept.some(({ name, id }) => name === change.name && id !== change.id);
  }

  // The school's answer to a change, sent by this tab or by another.
  #take(change, answer) {
    if (isHeld(answer) && this.kept.some(({ id }) => id === change.id)) this.numbers.set(change.name, answer);
    this.kept = this.kept.filter((other) => other.id !== change.id || this.unwritten.has(other));
    if (answer.outcome !== "refused") this.#past(change);
    else { // what comes after it has seen what it had
      if (this.#stays(change)) this.refused.set(change.name, change);
      for (const next of this.kept) if (next.base === change.id) next.base = change.base;
      if (this.heads.get(change.name) === change.id) this.heads.set(change.name, change.base);
    }
    if (answer.to) {
      this.over = change;
      this.dispatchEvent(new CustomEvent("closedAtSchool", { detail: answer.to }));
    }
    if (["refused", "conflict", "aside"].includes(answer.outcome)) this.dispatchEvent(new CustomEvent(answer.outcome, { detail: { change, answer } }));
  }

  #say(state) { this.dispatchEvent(new CustomEvent("state", { detail: state })); }
}
