// Python's files: fetched ahead of their use, and kept in the browser, so that a second visit needs no network.

/** Wait until the service worker hands out this page's files; `base` is the address of the site's folder. */
export async function keeper(base) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return; // as on a page without https, or in some private windows
  const inControl = new Promise((done) =>
    serviceWorker.addEventListener("controllerchange", done, { once: true }),
  );
  // the very address that JupyterLite gives it, which would else bring a second one
  await serviceWorker.register(new URL("service-worker.js?enableCache=false", base));
  if (!serviceWorker.controller)
    await Promise.race([inControl, new Promise((done) => setTimeout(done, 3000))]);
}

const isKept = (address) => caches.match(address, { ignoreSearch: true });

/** Fetch all of `files`, {path: bytes}, unless they are kept here; `progress` hears how many bytes of all came. */
export async function fetchAll(base, files, progress) {
  const addresses = Object.keys(files).map((path) => new URL(path, base).href);
  if (navigator.serviceWorker?.controller && (await Promise.all(addresses.map(isKept))).every(Boolean))
    return;
  const all = Object.values(files).reduce((sum, size) => sum + size, 0);
  let got = 0;
  let count = (bytes) => progress((got += bytes), all);
  const one = (address) => fetchOne(address, (bytes) => count(bytes));
  await Promise.all(addresses.map(one)).finally(() => (count = () => {})); // after a failure, what else comes is no news
}

async function fetchOne(address, count) {
  const name = address.split("/").at(-1);
  const failed = () => {
    throw new Error(
      `A part of Python could not be loaded (${name}). Check the connection and reload this page.`,
    );
  };
  const answer = await fetch(address).catch(failed);
  if (!answer.ok) failed();
  for (const reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read().catch(failed);
    if (done) return;
    count(value.length);
  }
}

/** Keep also what this page fetched before the service worker was there, and what other pages need: `later`. */
export async function keepThisPage(base, later) {
  if (!navigator.serviceWorker?.controller) return;
  const files = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const all = [...files.map(({ name }) => name), ...later.map((path) => new URL(path, base).href)];
  for (const address of all) if (address.startsWith(base) && !(await isKept(address))) await (await fetch(address)).blob();
}
