// What the security policy lets a script make of text: the page that this tablet keeps, and the service worker's
// address. Nothing else is ever put through here.

const AS_IT_IS = { createHTML: (text) => text, createScriptURL: (address) => address };
const trusted = globalThis.trustedTypes?.createPolicy("convo", AS_IT_IS) ?? AS_IT_IS;

export const keptPage = (html) => new DOMParser().parseFromString(trusted.createHTML(html), "text/html");

// The service worker keeps what any page needs without wifi. A new one takes over between conversations.
export async function registerWorker(between) {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register(trusted.createScriptURL("/sw.js"));
  if (between) registration.waiting?.postMessage("take over");
}
