import type { IceServer } from "#protocol";

/** One for each address, as a native host takes them. */
export function iceServers(configuration: RTCConfiguration): IceServer[] {
  return (configuration.iceServers ?? []).flatMap((server) =>
    (Array.isArray(server.urls) ? server.urls : [server.urls]).map((url) => ({ u: url, n: server.username, p: server.credential })),
  );
}
