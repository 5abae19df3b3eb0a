/** Names with content hashes and the version: tools/build_web.mjs puts them in. */
declare const __PAGE__: { module: string; wasm: string; version: string; locales: Record<string, string> };
export const built = __PAGE__;
