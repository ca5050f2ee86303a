// Keeps every file of the site that was fetched once: a second visit needs no network. A site has one such worker
// for all its pages, and JupyterLite brings its own, which carries files between Python and a notebook. So that one
// is loaded here, and gets what this one leaves.
const KEPT = "convlab-VERSION";
const coming = new Map(); // answers under way, by address: whoever asks meanwhile gets the same one

// A page keeps the version that it began with: a newer one waits, until a page opens while no other is.
self.addEventListener("install", (event) => event.stopImmediatePropagation());
self.addEventListener("message", (event) => event.data === "take over" && self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(forget()));
self.addEventListener("fetch", (event) => {
  if (!isFile(event.request)) return;
  event.stopImmediatePropagation();
  event.respondWith(answer(event));
});

async function forget() {
  for (const name of await caches.keys())
    if (name.startsWith("convlab-") && name !== KEPT) await caches.delete(name);
}

function isFile({ method, url }) {
  const { scope } = self.registration;
  return (
    method === "GET" && url.startsWith(scope) && !/^api\/(drive|stdin|service)/.test(url.slice(scope.length))
  );
}

async function answer(event) {
  const { request } = event;
  if (request.mode === "navigate" && (await isTimeForTheNext()))
    return new Response("", { headers: { Refresh: "0" } });
  const address = request.url.split(/[?#]/)[0];
  const cache = await caches.open(KEPT).catch(() => null); // no storage: then all comes from the network
  const kept = await cache?.match(address, { ignoreVary: true });
  if (kept) return kept;
  if (!coming.has(address)) coming.set(address, bring(event, address, cache));
  return (await coming.get(address)).clone();
}

async function bring(event, address, cache) {
  try {
    const found = await fetch(event.request, { cache: "no-cache" }); // never an older version's file
    if (cache && found.status === 200 && !found.redirected)
      event.waitUntil(
        cache
          .put(address, found.clone())
          .catch(() => {})
          .finally(() => coming.delete(address)),
      ); // a browser may end a worker that waits for nothing, half a file written
    else coming.delete(address);
    return found;
  } catch (error) {
    coming.delete(address);
    throw error;
  }
}

async function isTimeForTheNext() {
  const { waiting } = self.registration;
  if (!waiting || (await self.clients.matchAll()).length > 1) return false;
  waiting.postMessage("take over");
  return true;
}

importScripts("jupyterlite-service-worker.js");
