// The quiet clock: minutes used and planned, worked out from the school's time, not the tablet's.

const LONGEST_VISIT = 3 * 3600; // seconds, as in convo/conversation/rules.py
const bars = () => [...document.querySelectorAll("[data-stage-time]")];

function sharedOut(minutes, needs) {
  const names = Object.keys(needs);
  const shared = Object.fromEntries(names.map((name, place) => [name, place < minutes ? 1 : 0]));
  const total = names.reduce((sum, name) => sum + needs[name], 0);
  let left = minutes - names.reduce((sum, name) => sum + shared[name], 0);
  while (names.length && left-- > 0) {
    const most = names.reduce((a, b) => (minutes * needs[b] / total - shared[b] > minutes * needs[a] / total - shared[a] ? b : a));
    shared[most] += 1;
  }
  return shared;
}

// The same as replan in convo/conversation/guide.py.
export function replan(planned, used, left, current) {
  const order = Object.keys(planned);
  const coming = order.slice(order.indexOf(current));
  const needs = Object.fromEntries(coming.map((name, place) => {
    const need = Math.max(planned[name] - (used[name] ?? 0), 0);
    return [name, place ? Math.max(need, 1) : need];
  }));
  if (!needs[current]) delete needs[current];
  const shared = sharedOut(Math.max(left, 0), needs);
  return { ...planned, ...Object.fromEntries(Object.entries(shared).map(([name, minutes]) => [name, (used[name] ?? 0) + minutes])) };
}

export class Clock {
  constructor(stage) {
    this.stage = stage;
    this.entered = 0; // when the page came
    this.length = document.querySelector(".cover").dataset.minutes; // which waits for the end of the meeting
    setInterval(() => this.show(), 15000);
    document.addEventListener("visibilitychange", () => this.show());
  }

  enter(stage) {
    this.spend(this.running);
    this.stage = stage;
  }

  spend(seconds) {
    const bar = bars().find((each) => each.dataset.stageTime === this.stage);
    bar.dataset.used = Number(bar.dataset.used) + seconds;
    this.entered = performance.now();
  }

  // How it stands when a stage is entered; and so it goes on from there after a reload without wifi.
  get standing() { return { at: Date.now() - this.running * 1000, stage: this.stage, used: bars().map((bar) => bar.dataset.used) }; }

  goOn({ at, stage, used }) {
    bars().forEach((bar, number) => { bar.dataset.used = used[number]; });
    this.stage = stage;
    this.spend(Math.min(Math.max(0, Date.now() - at) / 1000, LONGEST_VISIT));
  }

  get running() { return Math.min((performance.now() - this.entered) / 1000, LONGEST_VISIT); }

  show() {
    if ("agreed" in document.body.dataset) return; // it stands still
    // "We have until …": the meeting is as long as that, and the later stages share what is left.
    const until = document.querySelector(".until :checked");
    if (until && (this.moved ||= !until.defaultChecked)) this.length = until.dataset.minutes;
    const all = bars();
    const used = Object.fromEntries(all.map((bar) => [bar.dataset.stageTime,
      Math.floor((Number(bar.dataset.used) + (bar.dataset.stageTime === this.stage ? this.running : 0)) / 60)]));
    const shares = Object.fromEntries(all.map((bar) => [bar.dataset.stageTime, Number(bar.dataset.share)]));
    const spent = Object.values(used).reduce((sum, minutes) => sum + minutes, 0);
    const now = replan(sharedOut(this.length, shares), used, this.length - spent, this.stage);
    const place = all.findIndex((bar) => bar.dataset.stageTime === this.stage);
    all.forEach((bar, number) => {
      const name = bar.dataset.stageTime;
      bar.className = number < place ? "past" : number === place ? "now" : "coming";
      const text = number < place ? `${used[name]} min` : used[name] || number === place ? `${used[name]} of ${now[name]} min` : `${now[name]} min`;
      const words = bar.querySelector("span");
      if (words.textContent !== text) words.textContent = text;
    });
  }
}
