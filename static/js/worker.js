// Shows My tasks without a signal: the page as it was last seen, and what it is drawn with.
// Nothing else is kept. Whoever is sent to the sign-in finds nothing of it any more.
"use strict";

const PAGE = "/tasks/";
const KEPT = "my-tasks";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(event));
});

async function page(event, url) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch (fault) {
    const kept = await (await caches.open(KEPT)).match(PAGE);
    if (kept) return kept;
    throw fault;
  }
  // Sent to the sign-in, or refused; a server in trouble takes nothing away.
  if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) await caches.delete(KEPT);
  else if (answer.ok && !url.search) event.waitUntil(keep(PAGE, answer.clone()));
  return answer;
}

async function part(event) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch (fault) {
    const kept = await caches.match(event.request);
    if (kept) return kept;
    throw fault;
  }
  if (answer.ok && drawsThePage(event.request)) event.waitUntil(keep(event.request, answer.clone()));
  return answer;
}

function drawsThePage(request) {
  return request.referrer !== "" && new URL(request.referrer).pathname === PAGE;
}

async function keep(key, copy) {
  try {
    await (await caches.open(KEPT)).put(key, copy);
  } catch (fault) {
    // No room for it: then there is nothing to see without a signal.
  }
}
