// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { get, type RequestOptions } from "node:https";
import { after, before, test } from "node:test";
import { makeCertificate } from "../support/certificate.ts";
import { makeEndpoint } from "../support/endpoints.ts";
import { Host } from "../support/host.ts";
import { makeRunFolder } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll } from "../support/processes.ts";
import { Service } from "../support/service.ts";

/** The service with a certificate: everybody comes by TLS, and nobody who does not know its authority stays. */

const logs = makeRunFolder("secure");
let authority: string;
let service: Service;

before(async () => {
  const { certificate, key } = await makeCertificate(logs, "127.0.0.1");
  authority = certificate;
  service = await Service.start({ logs, config: `[server]\ncertificate = ${authority}\nkey = ${key}\n` });
});
after(endAll);

/** Status of a request to the service. */
function status(path: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(`${service.url}${path}`, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}

test("a call between two people whose clients and hosts come by TLS", async () => {
  assert.match(service.url, /^https:/);
  const trusting = { arguments: ["--ca", authority], hostArguments: ["--ca", authority] };
  const [alice, bob] = await Promise.all([makeEndpoint(service, "alice", logs, trusting), makeEndpoint(service, "bob", logs, trusting)]);
  const call = await alice.person.call(bob.user);
  await bob.person.rings();
  await bob.person.do("answer", { call });
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  await bob.person.do("hang_up", { call });
  assert.equal(await alice.person.ended(call), "hung_up");
});

test("TLS 1.2 and 1.3 are spoken, older ones are not", async () => {
  const ca = readFileSync(authority);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) assert.equal(await status("/health", { ca, minVersion: version, maxVersion: version }), 200, version);
  await assert.rejects(status("/health", { ca, minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }));
});

test("who does not know the authority turns away, and says why", async () => {
  const host = new Host({ name: "host-stranger", logs, service: service.url });
  assert.match(await host.disconnected(), /certificate/i);
  const person = await Person.start({ name: "stranger", logs, service: service.url });
  await person.do("sign_in", { user: "carol", password: "sidetone" }).then(
    () => assert.fail("signed in without knowing the authority"),
    (fault: unknown) => assert.match(String(fault), /certificate/i),
  );
});
