import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";

/** An address of this machine that others could reach, where it has one: a socket that is bound to such an address does not get through to 127.0.0.1. */
export function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find((one) => one.family === "IPv4" && !one.internal)?.address ?? "127.0.0.1";
}

/** A UDP port that nobody has at the moment, for programs that cannot choose one themselves. */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
