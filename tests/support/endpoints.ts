import { Host } from "./host.ts";
import { Person, type PersonOptions } from "./person.ts";
import { SoundServer } from "./pulse.ts";
import { Service } from "./service.ts";

/** A person with everything: a client, a native host that is paired with it, and the host's sound. */
export interface Endpoint {
  person: Person;
  host: Host;
  sound: SoundServer;
  user: number;
}

export interface EndpointOptions extends Partial<PersonOptions> {
  hostArguments?: readonly string[];
  prefix?: readonly string[];
}

export async function makeEndpoint(service: Service, user: string, logs: string, options: EndpointOptions = {}): Promise<Endpoint> {
  const { hostArguments = [], prefix, ...rest } = options;
  const where = prefix === undefined ? {} : { prefix };
  const sound = await SoundServer.start(user, logs);
  const host = new Host({ name: `host-${user}`, logs, service: service.url, sound, arguments: hostArguments, ...where });
  const person = await Person.signIn({ name: user, logs, service: service.url, ...rest, ...where }, user);
  await person.pair(host);
  await host.hasDevices();
  return { person, host, sound, user: (await person.view()).user };
}
