/** Keeps the page's files, so that it opens without the network; a new version is taken at the next start. */
export function keepForOffline(): void {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  // Trusted Types: this one address and no other.
  const policy = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string } } }).trustedTypes?.createPolicy(
    "sidetone",
    { createScriptURL: (url) => (url === "service_worker.js" ? url : "about:blank") },
  );
  const address = policy?.createScriptURL("service_worker.js") ?? "service_worker.js";
  navigator.serviceWorker.register(address, { updateViaCache: "none" }).catch((error: unknown) => console.warn("the page is not kept:", error));
}
