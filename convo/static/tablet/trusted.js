// What the security policy lets a script make of text: the page that this tablet keeps, and the service worker's
// address. Nothing else is ever put through here.

const ASK_WORKER = 2000; // ms
const AS_IT_IS = { createHTML: (text) => text, createScriptURL: (address) => address };
const trusted = globalThis.trustedTypes?.createPolicy("convo", AS_IT_IS) ?? AS_IT_IS;

export const keptPage = (html) => new DOMParser().parseFromString(trusted.createHTML(html), "text/html");

// The service worker keeps what any page needs without wifi. A new one takes over between conversations: each page
// asks it to again and again. One of an hour says its script, with which the new one has to fit.
export async function registerWorker(script) {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register(trusted.createScriptURL("/sw.js"));
  if (!navigator.serviceWorker.controller) registration?.active?.postMessage(script); // it began while this page was on its way
  setInterval(() => registration?.waiting?.postMessage(script), ASK_WORKER);
}
