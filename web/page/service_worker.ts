/** Serves the page from what it has kept: all of one version or nothing. tools/build_web.mjs puts the list in. */
declare const __FILES__: { version: string; files: string[]; words: string[] };

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const prefix = "sidetone-page-";
const cacheName = `${prefix}${__FILES__.version}`;
const scope = new URL("./", location.href);
const kept = new Set(__FILES__.files.map((file) => new URL(file, scope).href));
/** The page keeps those of its language itself. */
const words = new Set(__FILES__.words.map((file) => new URL(file, scope).href));

addEventListener("install", (event) => (event as Extendable).waitUntil(install()));
addEventListener("activate", (event) => (event as Extendable).waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { request } = event as Fetching;
  const url = new URL(request.url);
  url.search = "";
  url.hash = "";
  if (request.method !== "GET") return;
  if (url.href === scope.href || kept.has(url.href) || words.has(url.href)) (event as Fetching).respondWith(answer(request, url));
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...kept].map((url) => new Request(url, { cache: url.endsWith(".html") ? "reload" : "default" })));
  await (globalThis as unknown as { skipWaiting(): Promise<void> }).skipWaiting();
}

/** Files carry their hash in their names: an open page of the version before may still want some, so one older version stays. */
async function activate(): Promise<void> {
  const mine = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(mine.slice(0, -1).map((name) => caches.delete(name)));
}

/** The page itself: the service's if it answers soon, so that a new version shows; what is kept otherwise. Its files: what is kept. */
async function answer(request: Request, url: URL): Promise<Response> {
  const cache = await caches.open(cacheName);
  if (url.href === scope.href) {
    const index = await cache.match(new URL("index.html", scope), { ignoreVary: true });
    if (!index) return fetch(request);
    const late = new Promise<Response>((resolve) => setTimeout(() => resolve(index), 2000));
    const fresh = fetch(request).then((response) => (response.ok ? response : index), () => index);
    return Promise.race([fresh, late]);
  }
  return (await caches.match(url.href, { ignoreVary: true })) ?? fetch(request);
}

export {};
