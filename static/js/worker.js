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
  if (request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
});

async function page(request, url) {
  let answer;
  try {
    answer = await fetch(request);
  } catch (fault) {
    const kept = await (await caches.open(KEPT)).match(PAGE);
    if (kept) return kept;
    throw fault;
  }
  if (!answer.ok) await caches.delete(KEPT);
  else if (!url.search) await (await caches.open(KEPT)).put(PAGE, answer.clone());
  return answer;
}

async function part(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && (await caches.has(KEPT))) {
      await (await caches.open(KEPT)).put(request, answer.clone());
    }
    return answer;
  } catch (fault) {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw fault;
  }
}
