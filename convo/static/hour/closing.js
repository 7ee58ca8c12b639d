// The closing check, the same rules as convo/conversation/closing.py: both run tests/conversation/closing.json.

const MOST_FOR_HOME = 3;
const MOST_WORDS = 20;

const mustNot = (code, text, thing_id) => ({ code, text, thing_id, stops: true });
const thought = (code, text, thing_id = null) => ({ code, text, thing_id, stops: false });

function short(text) {
  const first = text.split("\n")[0];
  const letters = [...first];
  return letters.length <= 60 ? first : `${letters.slice(0, 59).join("").trimEnd()}…`;
}

export function longestSentence(text) {
  return Math.max(0, ...text.split(/[.!?\n]+/).map((sentence) => sentence.split(/\s+/).filter(Boolean).length));
}

export function closingCheck(actions, undecided, conflicts) {
  const remarks = undecided.map(([id, what]) => mustNot("undecided", `Since last time: say what became of “${what}”.`, id));
  for (const action of actions) {
    if (!action.what) {
      remarks.push(mustNot("no_words", "One action has no words. Write it, or take it out.", action.id));
      continue;
    }
    const what = short(action.what);
    if (!action.who || !action.by_whom) remarks.push(mustNot("no_one", `“${what}” has no one who does it.`, action.id));
    if (!action.has_date) remarks.push(mustNot("no_date", `“${what}” has no date. Set the next meeting, or a date.`, action.id));
    if (!action.has_target) remarks.push(mustNot("no_target", `“${what}” belongs to no target yet.`, action.id));
    if (action.agreement !== "agreed") remarks.push(mustNot("not_agreed", `“${what}” is not agreed yet. Agree it, or take it out.`, action.id));
  }
  if (conflicts) {
    const words = conflicts === 1 ? "One text has" : `${conflicts} texts have`;
    remarks.push(mustNot("conflict", `${words} two versions. Choose one, or keep both.`, null));
  }
  if (actions.every((action) => remarks.some((remark) => remark.thing_id === action.id))) {
    remarks.push(thought("nothing_agreed", "No action from today is agreed, so the copies will hold no new one."));
  }
  if (!actions.some((action) => action.by_whom === "school")) remarks.push(thought("nothing_for_school", "There is nothing for the school to do."));
  if (actions.filter((action) => action.by_whom === "home").length > MOST_FOR_HOME) {
    remarks.push(thought("much_for_home", "That is more than three things for home. Is it too much?"));
  }
  for (const action of actions) {
    if (longestSentence(action.what) > MOST_WORDS) {
      remarks.push(thought("long_sentence", `“${short(action.what)}” is a long sentence. Could it be two?`, action.id));
    }
  }
  return remarks;
}
